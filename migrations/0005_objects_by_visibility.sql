-- Public and other frames of an object apart: whoever may see one kind only does not walk over the other.
DROP INDEX frame_object;
--> statement-breakpoint
CREATE INDEX `frame_object` ON `frame` ("object" * 2 + "open",`date_obs`) WHERE "frame"."object" IS NOT NULL;
