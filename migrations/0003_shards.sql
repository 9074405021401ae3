CREATE TABLE `claim` (
	`name` text PRIMARY KEY NOT NULL,
	`shard` integer NOT NULL
);
