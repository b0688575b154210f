package dev.lora4j.diffusion.dataset.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The Orientation tag of EXIF, the only one that changes the look of a picture. */
final class Exif {
  /** Bytes before the block in JPEG files, and in some WebP files. */
  static final String PREFIX = "Exif\0\0";

  private static final int ORIENTATION = 0x112;
  private static final int ENTRY = 12;

  private Exif() {}

  /** Orientation in a block (TIFF 6.0, section 2), upright if it has none. */
  static Orientation orientation(byte[] block) {
    ByteBuffer tiff = ByteBuffer.wrap(block);
    if (block.length < 8) {
      return Orientation.UPRIGHT;
    }
    tiff.order(block[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    if (directory < 0 || directory > block.length - 2) {
      return Orientation.UPRIGHT;
    }
    int count = tiff.getShort(directory) & 0xffff;
    for (int i = 0; i < count; i++) {
      int entry = directory + 2 + i * ENTRY;
      if (entry + ENTRY > block.length) {
        break;
      }
      if ((tiff.getShort(entry) & 0xffff) == ORIENTATION) {
        return new Orientation(tiff.getShort(entry + 8) & 0xffff);
      }
    }
    return Orientation.UPRIGHT;
  }
}
