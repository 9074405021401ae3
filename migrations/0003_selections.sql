CREATE TABLE `selection` (
	`hash` text PRIMARY KEY NOT NULL,
	`user_id` integer,
	`ids` text NOT NULL,
	`uncompress` integer NOT NULL,
	`created` integer NOT NULL,
	`expires` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `selection_expires` ON `selection` (`expires`);