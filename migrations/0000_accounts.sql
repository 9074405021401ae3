CREATE TABLE `membership` (
	`user_id` integer NOT NULL,
	`proposal` text NOT NULL,
	PRIMARY KEY(`user_id`, `proposal`),
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `token` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` integer NOT NULL,
	`hash` text NOT NULL,
	`hint` text NOT NULL,
	`label` text DEFAULT '' NOT NULL,
	`created` integer DEFAULT (unixepoch('subsec') * 1000) NOT NULL,
	`expires` integer,
	`revoked` integer,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `token_hash` ON `token` (`hash`);--> statement-breakpoint
CREATE INDEX `token_user` ON `token` (`user_id`);--> statement-breakpoint
CREATE TABLE `user` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`username` text NOT NULL,
	`password` text DEFAULT '' NOT NULL,
	`email` text DEFAULT '' NOT NULL,
	`is_staff` integer DEFAULT false NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`epoch` integer DEFAULT 1 NOT NULL,
	`created` integer DEFAULT (unixepoch('subsec') * 1000) NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `user_username` ON `user` ("username" COLLATE NOCASE);