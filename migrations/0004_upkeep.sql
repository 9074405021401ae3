CREATE TABLE `due` (
	`frame` integer NOT NULL,
	`version` integer NOT NULL,
	`kinds` integer NOT NULL,
	`at` integer NOT NULL,
	`tries` integer NOT NULL,
	PRIMARY KEY(`frame`, `version`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `open_upload` (
	`key` text PRIMARY KEY NOT NULL,
	`upload` text NOT NULL,
	`opened` integer NOT NULL
) WITHOUT ROWID;
