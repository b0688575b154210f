package dev.lora4j.server.a1111;

/**
 * A rectangle of pixels.
 *
 * @param x of its left edge
 * @param y of its upper edge
 */
record Box(int x, int y, int width, int height) {
  /** With a margin at each side, within a picture. */
  Box padded(int margin, int pictureWidth, int pictureHeight) {
    int left = Math.max(0, x - margin);
    int top = Math.max(0, y - margin);
    int right = Math.min(pictureWidth, x + width + margin);
    int bottom = Math.min(pictureHeight, y + height + margin);
    return new Box(left, top, right - left, bottom - top);
  }

  /** Made larger, about its middle, to the proportions of a size where the picture has room. */
  Box proportioned(int w, int h, int pictureWidth, int pictureHeight) {
    boolean wide = (long) width * h > (long) height * w;
    int wantedWidth =
        wide ? width : (int) Math.min(pictureWidth, Math.rint((double) height * w / h));
    int wantedHeight =
        wide ? (int) Math.min(pictureHeight, Math.rint((double) width * h / w)) : height;
    wantedWidth = Math.max(width, wantedWidth);
    wantedHeight = Math.max(height, wantedHeight);
    int left = x - (wantedWidth - width) / 2;
    int top = y - (wantedHeight - height) / 2;
    return new Box(
        Math.max(0, Math.min(left, pictureWidth - wantedWidth)),
        Math.max(0, Math.min(top, pictureHeight - wantedHeight)),
        wantedWidth,
        wantedHeight);
  }
}
