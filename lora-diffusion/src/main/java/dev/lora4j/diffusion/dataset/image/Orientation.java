package dev.lora4j.diffusion.dataset.image;

/**
 * Rotation and mirroring that bring a stored picture upright: the tag Orientation of EXIF 2.32,
 * section 4.6.4, with values 1 to 8.
 *
 * @param tag the value
 */
public record Orientation(int tag) {
  /** No change: the picture is stored upright. */
  public static final Orientation UPRIGHT = new Orientation(1);

  private static final int LAST = 8;
  private static final int FIRST_LYING = 5;

  /** Any other value means nothing and counts as upright, as viewers do. */
  public Orientation {
    tag = tag < 1 || tag > LAST ? 1 : tag;
  }

  /** True if width and height are exchanged. */
  public boolean swapsSides() {
    return tag >= FIRST_LYING;
  }

  /** {@code stored} as it is to be looked at. */
  public PixelMap upright(PixelMap stored) {
    if (tag == 1) {
      return stored;
    }
    int width = swapsSides() ? stored.height() : stored.width();
    int height = swapsSides() ? stored.width() : stored.height();
    int channels = stored.channels();
    byte[] turned = new byte[stored.samples().length];
    int lastX = stored.width() - 1;
    int lastY = stored.height() - 1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int along = swapsSides() ? y : x;
        int across = swapsSides() ? x : y;
        int fromX = mirrorsX() ? lastX - along : along;
        int fromY = mirrorsY() ? lastY - across : across;
        int from = (fromY * stored.width() + fromX) * channels;
        System.arraycopy(stored.samples(), from, turned, (y * width + x) * channels, channels);
      }
    }
    return new PixelMap(width, height, channels, turned);
  }

  /** True if columns are stored right to left: 2, 3, 7, 8. */
  private boolean mirrorsX() {
    return tag == 2 || tag == 3 || tag == 7 || tag == 8;
  }

  /** True if rows are stored bottom up: 3, 4, 6, 7. */
  private boolean mirrorsY() {
    return tag == 3 || tag == 4 || tag == 6 || tag == 7;
  }
}
