-- What drizzle cannot generate: indexes on expressions, virtual tables, counters.
-- Five bytes of a checksum tell 28 million frames apart nearly always; queries compare the whole.
CREATE INDEX frame_md5 ON frame (substr(md5, 1, 5));
--> statement-breakpoint
CREATE INDEX frame_sha256 ON frame (substr(sha256, 1, 5));
--> statement-breakpoint
CREATE INDEX frame_original_md5 ON frame (substr(original_md5, 1, 5)) WHERE original_md5 IS NOT NULL;
--> statement-breakpoint
CREATE INDEX frame_original_sha256 ON frame (substr(original_sha256, 1, 5)) WHERE original_sha256 IS NOT NULL;
--> statement-breakpoint
CREATE VIRTUAL TABLE object_text USING fts5(grams, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii');
--> statement-breakpoint
CREATE VIRTUAL TABLE outline USING rtree(id, x0, x1, y0, y1, z0, z1);
--> statement-breakpoint
INSERT INTO state (id, shard, last_id, settled) VALUES (1, 0, 0, 0);
--> statement-breakpoint
-- One place counts: a row put into `census` adds (sign 1) or takes away (-1) one frame everywhere.
CREATE VIEW census AS
  SELECT 0 AS sign, 0 AS combination, 0 AS object, 0 AS date_obs, 0 AS step, 0 AS cell, 0 AS size;
--> statement-breakpoint
CREATE TRIGGER census_count INSTEAD OF INSERT ON census BEGIN
  UPDATE combination SET
    frames = frames + new.sign,
    bytes = bytes + new.sign * new.size,
    periods = CASE WHEN coalesce(periods ->> ('$."' || ((new.date_obs + 62135596800000) / 86400000 / 32) || '"[0]'), 0) + new.sign = 0
      THEN json_remove(periods, '$."' || ((new.date_obs + 62135596800000) / 86400000 / 32) || '"')
      ELSE json_set(periods, '$."' || ((new.date_obs + 62135596800000) / 86400000 / 32) || '"', json_array(coalesce(periods ->> ('$."' || ((new.date_obs + 62135596800000) / 86400000 / 32) || '"[0]'), 0) + new.sign, coalesce(periods ->> ('$."' || ((new.date_obs + 62135596800000) / 86400000 / 32) || '"[1]'), 0) + new.sign * new.size)) END,
    exposures = CASE WHEN new.step IS NULL THEN exposures ELSE CASE WHEN coalesce(exposures ->> ('$."' || new.step || '"[0]'), 0) + new.sign = 0
      THEN json_remove(exposures, '$."' || new.step || '"')
      ELSE json_set(exposures, '$."' || new.step || '"', json_array(coalesce(exposures ->> ('$."' || new.step || '"[0]'), 0) + new.sign, coalesce(exposures ->> ('$."' || new.step || '"[1]'), 0) + new.sign * new.size)) END END,
    generation = (SELECT max(generation) FROM combination) + 1
    WHERE id = new.combination;
  INSERT INTO tally (id, counts)
    SELECT 1 * 1099511627776 + (new.date_obs + 62135596800000) / 86400000, json_object(CAST(new.combination AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE true
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || new.combination || '"')
      ELSE json_set(counts, '$."' || new.combination || '"', json_array(coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || new.combination || '"[1]'), 0) + new.sign * new.size)) END;
  INSERT INTO tally (id, counts)
    SELECT 2 * 1099511627776 + new.object, json_object(CAST(new.combination AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE new.object IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || new.combination || '"')
      ELSE json_set(counts, '$."' || new.combination || '"', json_array(coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || new.combination || '"[1]'), 0) + new.sign * new.size)) END;
  INSERT INTO tally (id, counts)
    SELECT 3 * 1099511627776 + new.cell, json_object(CAST(new.combination AS TEXT), json_array(new.sign, new.sign * new.size)) WHERE new.cell IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET counts = CASE WHEN coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign = 0
      THEN json_remove(counts, '$."' || new.combination || '"')
      ELSE json_set(counts, '$."' || new.combination || '"', json_array(coalesce(counts ->> ('$."' || new.combination || '"[0]'), 0) + new.sign, coalesce(counts ->> ('$."' || new.combination || '"[1]'), 0) + new.sign * new.size)) END;
  DELETE FROM tally WHERE new.sign < 0 AND counts = '{}' AND id IN (
    1 * 1099511627776 + (new.date_obs + 62135596800000) / 86400000, 2 * 1099511627776 + new.object, 3 * 1099511627776 + new.cell);
END;
--> statement-breakpoint
CREATE TRIGGER frame_inserted AFTER INSERT ON frame BEGIN
  INSERT INTO census VALUES (1, new.combination, new.object, new.date_obs, new.step, new.cell, new.size);
END;
--> statement-breakpoint
CREATE TRIGGER frame_deleted AFTER DELETE ON frame BEGIN
  INSERT INTO census VALUES (-1, old.combination, old.object, old.date_obs, old.step, old.cell, old.size);
  DELETE FROM outline WHERE id = old.id;
END;
--> statement-breakpoint
CREATE TRIGGER frame_changed AFTER UPDATE OF combination, object, date_obs, step, cell, size ON frame
WHEN old.combination <> new.combination OR old.object IS NOT new.object OR old.date_obs <> new.date_obs
  OR old.step IS NOT new.step OR old.cell IS NOT new.cell OR old.size <> new.size
BEGIN
  INSERT INTO census VALUES (-1, old.combination, old.object, old.date_obs, old.step, old.cell, old.size);
  INSERT INTO census VALUES (1, new.combination, new.object, new.date_obs, new.step, new.cell, new.size);
END;
