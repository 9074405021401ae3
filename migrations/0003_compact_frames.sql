-- Smaller rows of frames, and counts by night and by cell and period. A database with frames keeps them all: the old
-- table is read once, everything that follows from frames (counts, bounds) is made anew from the new table.
DROP TRIGGER frame_inserted;
--> statement-breakpoint
DROP TRIGGER frame_deleted;
--> statement-breakpoint
DROP TRIGGER frame_changed;
--> statement-breakpoint
DROP TRIGGER census_count;
--> statement-breakpoint
DROP VIEW census;
--> statement-breakpoint
CREATE TABLE `stem` (
	`id` integer PRIMARY KEY NOT NULL,
	`text` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `stem_text` ON `stem` (`text`);
--> statement-breakpoint
CREATE TABLE `layout` (
	`id` integer PRIMARY KEY NOT NULL,
	`width` integer NOT NULL,
	`height` integer NOT NULL,
	`packing` text NOT NULL,
	`key` text NOT NULL,
	`filename` text NOT NULL,
	`original` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `layout_all` ON `layout` (`key`,`filename`,`original`,`packing`,`width`,`height`);
--> statement-breakpoint
ALTER TABLE frame RENAME TO frame_before;
--> statement-breakpoint
CREATE TABLE `frame` (
	`id` integer PRIMARY KEY NOT NULL,
	`combination` integer NOT NULL,
	`object` integer,
	`date_obs` integer NOT NULL,
	`night` integer NOT NULL,
	`open` integer NOT NULL,
	`exptime` real,
	`step` integer,
	`ra` real,
	`dec` real,
	`cell` integer,
	`public_date` integer,
	`version` integer NOT NULL,
	`stem` integer NOT NULL,
	`tail` text NOT NULL,
	`reqnum` blob,
	`obsnum` blob,
	`layout` integer NOT NULL,
	`footprint` blob,
	`related` text,
	`created` integer NOT NULL,
	`size` integer NOT NULL,
	`salt` blob,
	`crc32` integer NOT NULL,
	`md5` blob NOT NULL,
	`sha256` blob NOT NULL,
	`warnings` text,
	`original_size` integer,
	`original_crc32` integer,
	`original_md5` blob,
	`original_sha256` blob
);
--> statement-breakpoint
-- Keys were templates with U+0001 for the basename. Identifiers behind it ("-" and 12 or 16 hexadecimal digits; "." and 8
-- before ".fz") become salt, U+0004 a byte, and nights in front of it U+0002 or U+0003, as layout.ts has it.
CREATE TABLE path_before AS
  SELECT id, basename, date(night * 86400, 'unixepoch') AS night, key,
    instr(key, char(1)) AS named, substr(key, instr(key, char(1)) + 1) AS rest FROM frame_before;
--> statement-breakpoint
ALTER TABLE path_before ADD COLUMN first text NOT NULL DEFAULT '';
--> statement-breakpoint
ALTER TABLE path_before ADD COLUMN second text NOT NULL DEFAULT '';
--> statement-breakpoint
UPDATE path_before SET first = substr(rest, 2, 16)
  WHERE named > 0 AND first = '' AND substr(rest, 1, 1) = '-' AND substr(rest, 18, 1) = '.'
    AND trim(substr(rest, 2, 16), '0123456789abcdef') = '';
--> statement-breakpoint
UPDATE path_before SET first = substr(rest, 2, 12)
  WHERE named > 0 AND first = '' AND substr(rest, 1, 1) = '-' AND substr(rest, 14, 1) = '.'
    AND trim(substr(rest, 2, 12), '0123456789abcdef') = '';
--> statement-breakpoint
UPDATE path_before SET second = substr(rest, -11, 8)
  WHERE first <> '' AND length(rest) >= length(first) + 13 AND substr(rest, -12, 1) = '.' AND substr(rest, -3) = '.fz'
    AND trim(substr(rest, -11, 8), '0123456789abcdef') = '';
--> statement-breakpoint
UPDATE path_before SET key =
    replace(replace(substr(key, 1, named), night, char(2)), replace(night, '-', ''), char(3)) ||
    CASE WHEN first = '' THEN rest
      WHEN second = '' THEN '-' || substr(char(4,4,4,4,4,4,4,4), 1, length(first) / 2) || substr(rest, length(first) + 2)
      ELSE '-' || substr(char(4,4,4,4,4,4,4,4), 1, length(first) / 2) || substr(rest, length(first) + 2, length(rest) - length(first) - 12)
        || char(4,4,4,4) || '.fz' END
  WHERE named > 0;
--> statement-breakpoint
CREATE UNIQUE INDEX path_before_id ON path_before (id);
--> statement-breakpoint
INSERT INTO layout (width, height, packing, key, filename, original)
  SELECT DISTINCT width, height, packing, path_before.key, filename, coalesce(original_filename, '')
  FROM frame_before JOIN path_before USING (id);
--> statement-breakpoint
INSERT INTO stem (text) SELECT DISTINCT substr(basename, 1, 16) FROM frame_before;
--> statement-breakpoint
-- The reach of a footprint, from the box that the R*Tree has: at least the true one.
CREATE TABLE reach_before AS
  SELECT frame_before.id,
    degrees(2 * asin(min(1, sqrt(
      pow(max(abs(x - x0), abs(x - x1)), 2) + pow(max(abs(y - y0), abs(y - y1)), 2)
      + pow(max(abs(z - z0), abs(z - z1)), 2)) / 2))) AS reach
  FROM (SELECT id, cos(radians(dec)) * cos(radians(ra)) AS x, cos(radians(dec)) * sin(radians(ra)) AS y,
    sin(radians(dec)) AS z FROM frame_before WHERE ra IS NOT NULL AND dec IS NOT NULL AND footprint IS NOT NULL
  ) frame_before JOIN outline USING (id);
--> statement-breakpoint
CREATE UNIQUE INDEX reach_before_id ON reach_before (id);
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, night, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, created, size, salt, crc32, md5, sha256, warnings, original_size, original_crc32, original_md5, original_sha256)
  SELECT frame_before.id,
    frame_before.combination,
    frame_before.object,
    frame_before.date_obs,
    frame_before.night,
    combination.embargo = 1,
    frame_before.exptime,
    frame_before.step,
    frame_before.ra,
    frame_before.dec,
    CASE
      WHEN frame_before.cell IS NULL THEN CASE WHEN footprint IS NULL THEN NULL ELSE 7 * 100663296 END
      ELSE frame_before.cell + 100663296 * CASE WHEN footprint IS NULL THEN 0
        ELSE min(6, max(1, coalesce(3 + CAST(ceil(log(4, max(reach, 1e-6))) AS INTEGER), 6))) END
    END + 50331648 * (combination.embargo = 1),
    frame_before.public_date,
    frame_before.version,
    stem.id,
    substr(frame_before.basename, 17),
    CASE WHEN reqnum <> '' AND reqnum NOT GLOB '*[^0-9]*' AND length(reqnum) <= 14 THEN CAST('1' || reqnum AS INTEGER) ELSE reqnum END,
    CASE WHEN obsnum <> '' AND obsnum NOT GLOB '*[^0-9]*' AND length(obsnum) <= 14 THEN CAST('1' || obsnum AS INTEGER) ELSE obsnum END,
    layout.id,
    frame_before.footprint,
    frame_before.related,
    frame_before.created,
    frame_before.size,
    CASE WHEN first = '' THEN NULL ELSE unhex(first || second) END,
    CASE WHEN crc32 >= 2147483648 THEN crc32 - 4294967296 ELSE crc32 END,
    frame_before.md5,
    frame_before.sha256,
    frame_before.warnings,
    frame_before.original_size,
    CASE WHEN original_crc32 >= 2147483648 THEN original_crc32 - 4294967296 ELSE original_crc32 END,
    frame_before.original_md5,
    frame_before.original_sha256
  FROM frame_before JOIN combination ON combination.id = frame_before.combination
    JOIN path_before ON path_before.id = frame_before.id
    JOIN stem ON stem.text = substr(frame_before.basename, 1, 16)
    JOIN layout ON layout.key = path_before.key AND layout.filename = frame_before.filename
      AND layout.original = coalesce(frame_before.original_filename, '') AND layout.packing = frame_before.packing
      AND layout.width = frame_before.width AND layout.height = frame_before.height
    LEFT JOIN reach_before ON reach_before.id = frame_before.id;
--> statement-breakpoint
DROP TABLE reach_before;
--> statement-breakpoint
DROP TABLE path_before;
--> statement-breakpoint
DROP TABLE frame_before;
--> statement-breakpoint
DROP TABLE outline;
--> statement-breakpoint
CREATE UNIQUE INDEX `frame_name` ON `frame` (`stem`,`tail`);
--> statement-breakpoint
CREATE INDEX `frame_date` ON `frame` (`date_obs`);
--> statement-breakpoint
CREATE INDEX `frame_open` ON `frame` (`date_obs`) WHERE "frame"."open" = 1;
--> statement-breakpoint
CREATE INDEX `frame_combination` ON `frame` (`combination`,`date_obs`);
--> statement-breakpoint
CREATE INDEX `frame_object` ON `frame` (`object`,`date_obs`) WHERE "frame"."object" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `frame_step` ON `frame` (`step`,`date_obs`) WHERE "frame"."step" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `frame_cell` ON `frame` (`cell`,`date_obs`) WHERE "frame"."cell" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `frame_public` ON `frame` (`public_date`) WHERE "frame"."public_date" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `frame_reqnum` ON `frame` (`reqnum`) WHERE "frame"."reqnum" IS NOT NULL;
--> statement-breakpoint
CREATE INDEX `frame_obsnum` ON `frame` (`obsnum`) WHERE "frame"."obsnum" IS NOT NULL;
--> statement-breakpoint
-- Four bytes of a checksum tell 28 million frames apart nearly always; queries compare the whole.
CREATE INDEX frame_md5 ON frame (substr(md5, 1, 4));
--> statement-breakpoint
CREATE INDEX frame_sha256 ON frame (substr(sha256, 1, 4));
--> statement-breakpoint
CREATE INDEX frame_original_md5 ON frame (substr(original_md5, 1, 4)) WHERE original_md5 IS NOT NULL;
--> statement-breakpoint
CREATE INDEX frame_original_sha256 ON frame (substr(original_sha256, 1, 4)) WHERE original_sha256 IS NOT NULL;
--> statement-breakpoint
ALTER TABLE combination ADD `reaches` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
ALTER TABLE combination ADD `night_from` integer;
--> statement-breakpoint
ALTER TABLE combination ADD `night_to` integer;
--> statement-breakpoint
-- Counts as upkeep.ts makes them. Those of objects and cells stay as they were.
DELETE FROM tally WHERE id BETWEEN 1099511627776 AND 2199023255551;
--> statement-breakpoint
INSERT INTO tally (id, counts) SELECT 1099511627776 + key, json_group_object(CAST(name AS TEXT), json_array(frames, bytes)) FROM (
    SELECT (date_obs + 62135596800000) / 86400000 AS key, combination * 3 + CASE (night + 719162 - (date_obs + 62135596800000) / 86400000) WHEN 0 THEN 0 WHEN -1 THEN 1 ELSE 2 END AS name, count(*) AS frames, sum(size) AS bytes FROM frame
    WHERE true GROUP BY 1, 2) GROUP BY key;
--> statement-breakpoint
INSERT INTO tally (id, counts) SELECT 4398046511104 + key, json_group_object(CAST(name AS TEXT), json_array(frames, bytes)) FROM (
    SELECT night + 719162 AS key, combination AS name, count(*) AS frames, sum(size) AS bytes FROM frame
    WHERE (night + 719162 - (date_obs + 62135596800000) / 86400000) NOT IN (0, -1) GROUP BY 1, 2) GROUP BY key;
--> statement-breakpoint
INSERT INTO tally (id, counts) SELECT 8796093022208 + key, json_group_object(CAST(name AS TEXT), json_array(frames, bytes)) FROM (
    SELECT cell % 50331648 * 131072 + min(max((date_obs + 62135596800000) / 86400000 / 32, 0), 131071) AS key, combination AS name, count(*) AS frames, sum(size) AS bytes FROM frame
    WHERE cell < 704643072 GROUP BY 1, 2) GROUP BY key;
--> statement-breakpoint
UPDATE combination SET reaches = coalesce(made.reaches, 0), night_from = made.night_from, night_to = made.night_to,
    generation = (SELECT max(generation) FROM combination) + combination.id
  FROM (SELECT combination AS id, sum(DISTINCT 1 << (cell / 100663296)) AS reaches,
    min(since) AS night_from, max(since) AS night_to FROM (
      SELECT combination, cell, CASE WHEN (night + 719162 - (date_obs + 62135596800000) / 86400000) IN (0, -1) THEN date_obs - night * 86400000 END AS since FROM frame)
    GROUP BY combination) made WHERE made.id = combination.id;
--> statement-breakpoint
-- One place counts: a row put into `census` adds (sign 1) or takes away (-1) one frame everywhere. `day` is that of
-- DATE_OBS, `since` the milliseconds from the beginning of the date that names the night.
CREATE VIEW census AS
  SELECT 0 AS sign, 0 AS combination, 0 AS object, 0 AS day, 0 AS since, 0 AS night, 0 AS step, 0 AS cell, 0 AS size;
--> statement-breakpoint
CREATE TRIGGER census_count INSTEAD OF INSERT ON census BEGIN
  UPDATE combination SET
    frames = frames + new.sign,
    bytes = bytes + new.sign * new.size,
    periods = CASE WHEN coalesce(periods ->> ('$."' || (new.day / 32) || '"[0]'), 0) + new.sign = 0
      THEN json_remove(periods, '$."' || (new.day / 32) || '"')
      ELSE json_set(periods, '$."' || (new.day / 32) || '"', json_array(coalesce(periods ->> ('$."' || (new.day / 32) || '"[0]'), 0) + new.sign, coalesce(periods ->> ('$."' || (new.day / 32) || '"[1]'), 0) + new.sign * new.size)) END,
    exposures = CASE WHEN new.step IS NULL THEN exposures ELSE CASE WHEN coalesce(exposures ->> ('$."' || new.step || '"[0]'), 0) + new.sign = 0
      THEN json_remove(exposures, '$."' || new.step || '"')
      ELSE json_set(exposures, '$."' || new.step || '"', json_array(coalesce(exposures ->> ('$."' || new.step || '"[0]'), 0) + new.sign, coalesce(exposures ->> ('$."' || new.step || '"[1]'), 0) + new.sign * new.size)) END END,
    -- Bounds only widen: what a frame that goes leaves in them costs a little and is never wrong.
    reaches = CASE WHEN new.cell IS NULL THEN reaches ELSE reaches | (1 << (new.cell / 100663296)) END,
    night_from = CASE WHEN new.night + 719162 - new.day IN (0, -1) THEN min(coalesce(night_from, new.since), new.since) ELSE night_from END,
    night_to = CASE WHEN new.night + 719162 - new.day IN (0, -1) THEN max(coalesce(night_to, new.since), new.since) ELSE night_to END,
    generation = (SELECT max(generation) FROM combination) + 1
    WHERE id = new.combination;
  INSERT INTO tally (id, counts)
    SELECT 1099511627776 + new.day, json_object(CAST((new.combination * 3 + CASE new.night + 719162 - new.day WHEN 0 THEN 0 WHEN -1 THEN 1 ELSE 2 END) AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE true
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || (new.combination * 3 + CASE new.night + 719162 - new.day WHEN 0 THEN 0 WHEN -1 THEN 1 ELSE 2 END) || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || (new.combination * 3 + CASE new.night + 719162 - new.day WHEN 0 THEN 0 WHEN -1 THEN 1 ELSE 2 END) || '"')
      ELSE json_set(counts, '$."' || (new.combination * 3 + CASE new.night + 719162 - new.day WHEN 0 THEN 0 WHEN -1 THEN 1 ELSE 2 END) || '"', json_array(coalesce(counts ->> ('$."' || (new.combination * 3 + CASE new.night + 719162 - new.day WHEN 0 THEN 0 WHEN -1 THEN 1 ELSE 2 END) || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || (new.combination * 3 + CASE new.night + 719162 - new.day WHEN 0 THEN 0 WHEN -1 THEN 1 ELSE 2 END) || '"[1]'), 0) + new.sign * new.size)) END;
  INSERT INTO tally (id, counts)
    SELECT 2199023255552 + new.object, json_object(CAST(new.combination AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE new.object IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || new.combination || '"')
      ELSE json_set(counts, '$."' || new.combination || '"', json_array(coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || new.combination || '"[1]'), 0) + new.sign * new.size)) END;
  INSERT INTO tally (id, counts)
    SELECT 3298534883328 + new.cell % 50331648, json_object(CAST(new.combination AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE new.cell < 704643072
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || new.combination || '"')
      ELSE json_set(counts, '$."' || new.combination || '"', json_array(coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || new.combination || '"[1]'), 0) + new.sign * new.size)) END;
  INSERT INTO tally (id, counts)
    SELECT 8796093022208 + new.cell % 50331648 * 131072 + min(max(new.day / 32, 0), 131071), json_object(CAST(new.combination AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE new.cell < 704643072
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || new.combination || '"')
      ELSE json_set(counts, '$."' || new.combination || '"', json_array(coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || new.combination || '"[1]'), 0) + new.sign * new.size)) END;
  INSERT INTO tally (id, counts)
    SELECT 4398046511104 + new.night + 719162, json_object(CAST(new.combination AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE new.night + 719162 - new.day NOT IN (0, -1)
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || new.combination || '"')
      ELSE json_set(counts, '$."' || new.combination || '"', json_array(coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || new.combination || '"[1]'), 0) + new.sign * new.size)) END;
  DELETE FROM tally WHERE new.sign < 0 AND counts = '{}' AND id IN (
    1099511627776 + new.day, 2199023255552 + new.object, 3298534883328 + new.cell % 50331648,
    8796093022208 + new.cell % 50331648 * 131072 + min(max(new.day / 32, 0), 131071), 4398046511104 + new.night + 719162);
END;
--> statement-breakpoint
CREATE TRIGGER frame_inserted AFTER INSERT ON frame BEGIN
  INSERT INTO census VALUES (1, new.combination, new.object, (new.date_obs + 62135596800000) / 86400000,
    new.date_obs - new.night * 86400000, new.night, new.step, new.cell, new.size);
END;
--> statement-breakpoint
CREATE TRIGGER frame_deleted AFTER DELETE ON frame BEGIN
  INSERT INTO census VALUES (-1, old.combination, old.object, (old.date_obs + 62135596800000) / 86400000,
    old.date_obs - old.night * 86400000, old.night, old.step, old.cell, old.size);
END;
--> statement-breakpoint
CREATE TRIGGER frame_changed AFTER UPDATE OF combination, object, date_obs, night, step, cell, size ON frame
WHEN old.combination <> new.combination OR old.object IS NOT new.object OR old.date_obs <> new.date_obs
  OR old.night <> new.night OR old.step IS NOT new.step OR old.cell IS NOT new.cell OR old.size <> new.size
BEGIN
  INSERT INTO census VALUES (-1, old.combination, old.object, (old.date_obs + 62135596800000) / 86400000,
    old.date_obs - old.night * 86400000, old.night, old.step, old.cell, old.size);
  INSERT INTO census VALUES (1, new.combination, new.object, (new.date_obs + 62135596800000) / 86400000,
    new.date_obs - new.night * 86400000, new.night, new.step, new.cell, new.size);
END;
