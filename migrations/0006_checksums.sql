-- Smaller rows of frames: checksums and identifiers in one BLOB, what follows from DATE_OBS is computed, exposure steps
-- have smaller numbers. Checksums are
-- found through `checksum` (some 6 bytes each instead of 13). Fields are counted by day, frames without an object under
-- object 0. The old table is read in portions, so that no statement takes long.
DROP TRIGGER frame_inserted;
--> statement-breakpoint
DROP TRIGGER frame_deleted;
--> statement-breakpoint
DROP TRIGGER frame_changed;
--> statement-breakpoint
DROP TRIGGER census_count;
--> statement-breakpoint
DROP INDEX frame_name;
--> statement-breakpoint
DROP INDEX frame_date;
--> statement-breakpoint
DROP INDEX frame_open;
--> statement-breakpoint
DROP INDEX frame_combination;
--> statement-breakpoint
DROP INDEX frame_object;
--> statement-breakpoint
DROP INDEX frame_step;
--> statement-breakpoint
DROP INDEX frame_cell;
--> statement-breakpoint
DROP INDEX frame_public;
--> statement-breakpoint
DROP INDEX frame_reqnum;
--> statement-breakpoint
DROP INDEX frame_obsnum;
--> statement-breakpoint
DROP INDEX frame_md5;
--> statement-breakpoint
DROP INDEX frame_sha256;
--> statement-breakpoint
DROP INDEX frame_original_md5;
--> statement-breakpoint
DROP INDEX frame_original_sha256;
--> statement-breakpoint
ALTER TABLE frame RENAME TO frame_before;
--> statement-breakpoint
CREATE TABLE `frame` (
	`id` integer PRIMARY KEY NOT NULL,
	`combination` integer NOT NULL,
	`object` integer,
	`date_obs` integer NOT NULL,
	`earlier` integer NOT NULL,
	`night` integer GENERATED ALWAYS AS ((date_obs + 62135596800000) / 86400000 - 719162 - earlier) VIRTUAL,
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
	`delay` integer NOT NULL,
	`created` integer GENERATED ALWAYS AS (date_obs + delay) VIRTUAL,
	`size` integer NOT NULL,
	`sums` blob NOT NULL,
	`warnings` text,
	`original_size` integer,
	`md5` blob GENERATED ALWAYS AS (substr(sums, 5, 16)) VIRTUAL,
	`sha256` blob GENERATED ALWAYS AS (substr(sums, 21, 32)) VIRTUAL,
	`original_md5` blob GENERATED ALWAYS AS (CASE WHEN original_size IS NOT NULL THEN substr(sums, 57, 16) END) VIRTUAL,
	`original_sha256` blob GENERATED ALWAYS AS (CASE WHEN original_size IS NOT NULL THEN substr(sums, 73, 32) END) VIRTUAL
);
--> statement-breakpoint
CREATE VIEW frame_next AS SELECT id, combination, object, date_obs,
    (date_obs + 62135596800000) / 86400000 - 719162 - night AS earlier, open, exptime, step - 654200 AS step, ra, dec, cell, public_date,
    version, stem, tail, reqnum, obsnum, layout, footprint, related, created - date_obs AS delay, size,
    unhex(printf('%08X', crc32 & 4294967295) || hex(md5) || hex(sha256) || CASE WHEN original_size IS NULL THEN ''
      ELSE printf('%08X', original_crc32 & 4294967295) || hex(original_md5) || hex(original_sha256) END
      || coalesce(hex(salt), '')) AS sums,
    warnings, original_size
  FROM frame_before WHERE id > (SELECT coalesce(max(id), -1) FROM frame) ORDER BY id LIMIT 2500000;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
INSERT INTO frame (id, combination, object, date_obs, earlier, open, exptime, step, ra, dec, cell, public_date, version, stem, tail, reqnum, obsnum, layout, footprint, related, delay, size, sums, warnings, original_size) SELECT * FROM frame_next;
--> statement-breakpoint
DROP VIEW frame_next;
--> statement-breakpoint
DROP TABLE frame_before;
--> statement-breakpoint
CREATE UNIQUE INDEX `frame_name` ON `frame` (`stem`,`tail`);
--> statement-breakpoint
CREATE INDEX `frame_date` ON `frame` (`date_obs`);
--> statement-breakpoint
CREATE INDEX `frame_open` ON `frame` (`date_obs`) WHERE "frame"."open" = 1;
--> statement-breakpoint
CREATE INDEX `frame_combination` ON `frame` (`combination`,`date_obs`);
--> statement-breakpoint
CREATE INDEX `frame_object` ON `frame` ("object" * 2 + "open",`date_obs`) WHERE "frame"."object" IS NOT NULL;
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
-- By the first 17 bits of a checksum: the frames that may have it, each as its fourth byte and four bytes of the id.
CREATE TABLE `checksum` (
	`id` integer PRIMARY KEY NOT NULL,
	`frames` blob NOT NULL
);
--> statement-breakpoint
CREATE VIEW checksum_next AS SELECT sum,
    ((((instr('0123456789ABCDEF', substr(hex(sum), 1, 1)) - 1) * 16 + (instr('0123456789ABCDEF', substr(hex(sum), 2, 1)) - 1)) * 16
      + (instr('0123456789ABCDEF', substr(hex(sum), 3, 1)) - 1)) * 16 + (instr('0123456789ABCDEF', substr(hex(sum), 4, 1)) - 1)) * 2
      + (instr('0123456789ABCDEF', substr(hex(sum), 5, 1)) - 1) / 8 AS bucket,
    hex(substr(sum, 4, 1)) || printf('%08X', id & 4294967295) AS entry
  FROM (SELECT frame.id AS id, CASE k.column1 WHEN 0 THEN md5 WHEN 1 THEN sha256 WHEN 2 THEN original_md5
      ELSE original_sha256 END AS sum FROM frame CROSS JOIN (VALUES (0), (1), (2), (3)) k
    UNION ALL SELECT former.frame AS id, CASE k.column1 WHEN 0 THEN md5 WHEN 1 THEN sha256 WHEN 2 THEN original_md5
      ELSE original_sha256 END AS sum FROM former CROSS JOIN (VALUES (0), (1), (2), (3)) k)
  WHERE sum IS NOT NULL;
--> statement-breakpoint
INSERT INTO checksum (id, frames) SELECT bucket, unhex(group_concat(entry, '')) FROM checksum_next
  WHERE sum >= x'00' AND sum < x'20' GROUP BY bucket;
--> statement-breakpoint
INSERT INTO checksum (id, frames) SELECT bucket, unhex(group_concat(entry, '')) FROM checksum_next
  WHERE sum >= x'20' AND sum < x'40' GROUP BY bucket;
--> statement-breakpoint
INSERT INTO checksum (id, frames) SELECT bucket, unhex(group_concat(entry, '')) FROM checksum_next
  WHERE sum >= x'40' AND sum < x'60' GROUP BY bucket;
--> statement-breakpoint
INSERT INTO checksum (id, frames) SELECT bucket, unhex(group_concat(entry, '')) FROM checksum_next
  WHERE sum >= x'60' AND sum < x'80' GROUP BY bucket;
--> statement-breakpoint
INSERT INTO checksum (id, frames) SELECT bucket, unhex(group_concat(entry, '')) FROM checksum_next
  WHERE sum >= x'80' AND sum < x'A0' GROUP BY bucket;
--> statement-breakpoint
INSERT INTO checksum (id, frames) SELECT bucket, unhex(group_concat(entry, '')) FROM checksum_next
  WHERE sum >= x'A0' AND sum < x'C0' GROUP BY bucket;
--> statement-breakpoint
INSERT INTO checksum (id, frames) SELECT bucket, unhex(group_concat(entry, '')) FROM checksum_next
  WHERE sum >= x'C0' AND sum < x'E0' GROUP BY bucket;
--> statement-breakpoint
INSERT INTO checksum (id, frames) SELECT bucket, unhex(group_concat(entry, '')) FROM checksum_next
  WHERE sum >= x'E0' GROUP BY bucket;
--> statement-breakpoint
DROP VIEW checksum_next;
--> statement-breakpoint
DELETE FROM tally WHERE id >= 8796093022208 OR id = 2199023255552;
--> statement-breakpoint
INSERT INTO tally (id, counts) SELECT 8796093022208 + key, json_group_object(CAST(name AS TEXT), json_array(frames, bytes)) FROM (
    SELECT cell % 50331648 * 131072 + min(max((date_obs + 62135596800000) / 86400000 / 32, 0), 131071) AS key,
      combination * 32 + ((date_obs + 62135596800000) / 86400000 & 31) AS name, count(*) AS frames, sum(size) AS bytes FROM frame
    WHERE cell < 704643072 GROUP BY 1, 2) GROUP BY key;
--> statement-breakpoint
INSERT INTO tally (id, counts) SELECT 2199023255552, json_group_object(CAST(name AS TEXT), json_array(frames, bytes)) FROM (
    SELECT combination AS name, count(*) AS frames, sum(size) AS bytes FROM frame WHERE object IS NULL GROUP BY 1)
  HAVING count(*) > 0;
--> statement-breakpoint
UPDATE combination SET exposures = '{}', generation = (SELECT max(generation) FROM combination) + id;
--> statement-breakpoint
UPDATE combination SET exposures = made.counts FROM (
  SELECT combination AS id, json_group_object(CAST(name AS TEXT), json_array(frames, bytes)) AS counts FROM (
    SELECT combination, step AS name, count(*) AS frames, sum(size) AS bytes FROM frame
    WHERE step IS NOT NULL GROUP BY 1, 2) GROUP BY combination) made WHERE made.id = combination.id;
--> statement-breakpoint
-- As in 0003, but for objects and fields.
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
    SELECT 2199023255552 + coalesce(new.object, 0), json_object(CAST(new.combination AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE true
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || new.combination || '"')
      ELSE json_set(counts, '$."' || new.combination || '"', json_array(coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || new.combination || '"[1]'), 0) + new.sign * new.size)) END;
  INSERT INTO tally (id, counts)
    SELECT 3298534883328 + new.cell % 50331648, json_object(CAST(new.combination AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE new.cell < 704643072
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || new.combination || '"')
      ELSE json_set(counts, '$."' || new.combination || '"', json_array(coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || new.combination || '"[1]'), 0) + new.sign * new.size)) END;
  INSERT INTO tally (id, counts)
    SELECT 8796093022208 + new.cell % 50331648 * 131072 + min(max(new.day / 32, 0), 131071), json_object(CAST((new.combination * 32 + (new.day & 31)) AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE new.cell < 704643072
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || (new.combination * 32 + (new.day & 31)) || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || (new.combination * 32 + (new.day & 31)) || '"')
      ELSE json_set(counts, '$."' || (new.combination * 32 + (new.day & 31)) || '"', json_array(coalesce(counts ->> ('$."' || (new.combination * 32 + (new.day & 31)) || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || (new.combination * 32 + (new.day & 31)) || '"[1]'), 0) + new.sign * new.size)) END;
  INSERT INTO tally (id, counts)
    SELECT 4398046511104 + new.night + 719162, json_object(CAST(new.combination AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE new.night + 719162 - new.day NOT IN (0, -1)
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || new.combination || '"')
      ELSE json_set(counts, '$."' || new.combination || '"', json_array(coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || new.combination || '"[1]'), 0) + new.sign * new.size)) END;
  DELETE FROM tally WHERE new.sign < 0 AND counts = '{}' AND id IN (
    1099511627776 + new.day, 2199023255552 + coalesce(new.object, 0), 3298534883328 + new.cell % 50331648,
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
CREATE TRIGGER frame_changed AFTER UPDATE OF combination, object, date_obs, earlier, step, cell, size ON frame
WHEN old.combination <> new.combination OR old.object IS NOT new.object OR old.date_obs <> new.date_obs
  OR old.night <> new.night OR old.step IS NOT new.step OR old.cell IS NOT new.cell OR old.size <> new.size
BEGIN
  INSERT INTO census VALUES (-1, old.combination, old.object, (old.date_obs + 62135596800000) / 86400000,
    old.date_obs - old.night * 86400000, old.night, old.step, old.cell, old.size);
  INSERT INTO census VALUES (1, new.combination, new.object, (new.date_obs + 62135596800000) / 86400000,
    new.date_obs - new.night * 86400000, new.night, new.step, new.cell, new.size);
END;
