-- The first segment of a window is in the window's own row: a short dialog, of which there may be millions, has no other.

ALTER TABLE ds_window ADD COLUMN places ${bytes};

UPDATE ds_window SET places = (SELECT s.places FROM ds_window_segment s
    WHERE s.key_high = ds_window.key_high AND s.key_low = ds_window.key_low AND s.segment = 0);

DELETE FROM ds_window_segment WHERE segment = 0;
