package dev.lora4j.core.mix;

import dev.lora4j.core.identity.Digests;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Region of a picture in which an adapter counts: shares from 0 to 1 on a grid over the picture.
 * Immutable; equal if size and shares are.
 */
public final class RegionMask {
  private final String name;
  private final GridSize size;
  private final float[] shares;

  /**
   * An area.
   *
   * @param name for people
   * @param shares row by row
   * @throws IllegalArgumentException if there are not as many as places, or one is not from 0 to 1
   */
  public RegionMask(String name, GridSize size, float... shares) {
    if (shares.length != size.places()) {
      throw new IllegalArgumentException(
          "an area of " + size + " has " + size.places() + " shares, found " + shares.length);
    }
    for (float share : shares) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException("a share of an area must be 0 to 1, found " + share);
      }
    }
    this.name = name;
    this.size = size;
    this.shares = shares.clone();
  }

  /** Name for people. */
  public String name() {
    return name;
  }

  /** The grid it is known on. */
  public GridSize size() {
    return size;
  }

  /** The share at a place. */
  public float at(int row, int column) {
    return shares[row * size.columns() + column];
  }

  /** SHA-256 of size and shares, in hexadecimal. */
  public String hash() {
    MessageDigest digest = Digests.sha256();
    ByteBuffer bytes = ByteBuffer.allocate(8 + 4 * shares.length);
    bytes.putInt(size.rows()).putInt(size.columns());
    for (float share : shares) {
      bytes.putFloat(share);
    }
    digest.update(bytes.array());
    return Digests.hex(digest);
  }

  /**
   * The mask on another grid: each place has the mean of the area that it covers, so that places
   * outside the region are 0.
   *
   * @return shares, row by row
   */
  public float[] on(GridSize other) {
    if (other.equals(size)) {
      return shares.clone();
    }
    double[] rows = new double[other.rows() * size.columns()];
    for (int column = 0; column < size.columns(); column++) {
      for (int row = 0; row < other.rows(); row++) {
        rows[row * size.columns() + column] = mean(column, size.columns(), row, other.rows());
      }
    }
    float[] all = new float[other.places()];
    for (int i = 0; i < all.length; i++) {
      int row = i / other.columns();
      double from = (double) (i % other.columns()) * size.columns() / other.columns();
      double to = (double) (i % other.columns() + 1) * size.columns() / other.columns();
      double sum = 0;
      for (int c = (int) from; c < to && c < size.columns(); c++) {
        sum += rows[row * size.columns() + c] * (Math.min(to, c + 1) - Math.max(from, c));
      }
      all[i] = (float) Math.min(1, Math.max(0, sum / (to - from)));
    }
    return all;
  }

  /** The mean of a column over the part that is a row of {@code count}. */
  private double mean(int column, int stride, int row, int count) {
    double from = (double) row * size.rows() / count;
    double to = (double) (row + 1) * size.rows() / count;
    double sum = 0;
    for (int r = (int) from; r < to && r < size.rows(); r++) {
      sum += shares[r * stride + column] * (Math.min(to, r + 1) - Math.max(from, r));
    }
    return sum / (to - from);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RegionMask area
        && size.equals(area.size)
        && Arrays.equals(shares, area.shares);
  }

  @Override
  public int hashCode() {
    return 31 * size.hashCode() + Arrays.hashCode(shares);
  }

  @Override
  public String toString() {
    return name;
  }
}
