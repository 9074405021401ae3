-- What the rests of basenames look like: lower case, digits as 0. A search within names knows by them where it need not look.
CREATE TABLE `shape` (
	`id` integer PRIMARY KEY NOT NULL,
	`text` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `shape_text` ON `shape` (`text`);
--> statement-breakpoint
INSERT INTO shape (text) SELECT DISTINCT
    replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(tail),
      '1', '0'), '2', '0'), '3', '0'), '4', '0'), '5', '0'), '6', '0'), '7', '0'), '8', '0'), '9', '0')
  FROM frame LIMIT 5000;
--> statement-breakpoint
INSERT INTO shape (text) SELECT '*' WHERE (SELECT count(*) FROM shape) = 5000 ON CONFLICT DO NOTHING;
