CREATE TABLE `claim` (
	`name` text PRIMARY KEY NOT NULL,
	`shard` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `combination` (
	`id` integer PRIMARY KEY NOT NULL,
	`siteid` text NOT NULL,
	`telid` text NOT NULL,
	`instrume` text NOT NULL,
	`imagetyp` text NOT NULL,
	`filter` text,
	`rlevel` integer NOT NULL,
	`xbinning` integer NOT NULL,
	`ybinning` integer NOT NULL,
	`propid` text,
	`embargo` integer NOT NULL,
	`frames` integer DEFAULT 0 NOT NULL,
	`bytes` integer DEFAULT 0 NOT NULL,
	`periods` text DEFAULT '{}' NOT NULL,
	`exposures` text DEFAULT '{}' NOT NULL,
	`generation` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `combination_key` ON `combination` (`siteid`,`telid`,`instrume`,`imagetyp`,quote("filter"),`rlevel`,`xbinning`,`ybinning`,quote("propid"),`embargo`);--> statement-breakpoint
CREATE INDEX `combination_generation` ON `combination` (`generation`);--> statement-breakpoint
CREATE TABLE `former` (
	`frame` integer NOT NULL,
	`version` integer NOT NULL,
	`created` integer NOT NULL,
	`key` text NOT NULL,
	`md5` blob NOT NULL,
	`sha256` blob NOT NULL,
	`original_md5` blob,
	`original_sha256` blob,
	`facts` text NOT NULL,
	`file` text NOT NULL,
	PRIMARY KEY(`frame`, `version`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `frame` (
	`id` integer PRIMARY KEY NOT NULL,
	`combination` integer NOT NULL,
	`object` integer,
	`date_obs` integer NOT NULL,
	`night` integer NOT NULL,
	`exptime` real,
	`step` integer,
	`ra` real,
	`dec` real,
	`cell` integer,
	`public_date` integer,
	`version` integer NOT NULL,
	`basename` text NOT NULL,
	`reqnum` text,
	`obsnum` text,
	`width` integer NOT NULL,
	`height` integer NOT NULL,
	`footprint` blob,
	`related` text,
	`created` integer NOT NULL,
	`size` integer NOT NULL,
	`key` text NOT NULL,
	`filename` text NOT NULL,
	`crc32` integer NOT NULL,
	`md5` blob NOT NULL,
	`sha256` blob NOT NULL,
	`packing` text NOT NULL,
	`warnings` text,
	`original_filename` text,
	`original_size` integer,
	`original_crc32` integer,
	`original_md5` blob,
	`original_sha256` blob
);
--> statement-breakpoint
CREATE UNIQUE INDEX `frame_basename` ON `frame` (`basename`);--> statement-breakpoint
CREATE INDEX `frame_date` ON `frame` (`date_obs`);--> statement-breakpoint
CREATE INDEX `frame_combination` ON `frame` (`combination`,`date_obs`);--> statement-breakpoint
CREATE INDEX `frame_night` ON `frame` (`night`,`date_obs`);--> statement-breakpoint
CREATE INDEX `frame_object` ON `frame` (`object`,`date_obs`) WHERE "frame"."object" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `frame_step` ON `frame` (`step`,`date_obs`) WHERE "frame"."step" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `frame_cell` ON `frame` (`cell`,`date_obs`) WHERE "frame"."cell" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `frame_public` ON `frame` (`public_date`) WHERE "frame"."public_date" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `frame_reqnum` ON `frame` (`reqnum`) WHERE "frame"."reqnum" IS NOT NULL;--> statement-breakpoint
CREATE INDEX `frame_obsnum` ON `frame` (`obsnum`) WHERE "frame"."obsnum" IS NOT NULL;--> statement-breakpoint
CREATE TABLE `membership` (
	`user_id` integer NOT NULL,
	`proposal` text NOT NULL,
	PRIMARY KEY(`user_id`, `proposal`),
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `object` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`search` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `object_name` ON `object` (`name`);--> statement-breakpoint
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
CREATE INDEX `selection_expires` ON `selection` (`expires`);--> statement-breakpoint
CREATE TABLE `state` (
	`id` integer PRIMARY KEY NOT NULL,
	`shard` integer NOT NULL,
	`last_id` integer NOT NULL,
	`settled` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tally` (
	`id` integer PRIMARY KEY NOT NULL,
	`counts` text NOT NULL
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