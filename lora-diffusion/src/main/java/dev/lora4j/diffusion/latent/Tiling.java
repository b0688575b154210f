package dev.lora4j.diffusion.latent;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A picture too large to go through the autoencoder at once, in tiles that overlap by a quarter and
 * are blended into each other where they do, so that memory depends on the tile.
 *
 * @param tile side of a tile of what goes in
 * @param tileOut side of what comes out of it
 */
public record Tiling(int tile, int tileOut) {
  private static final double OVERLAP = 0.25;

  /** Numbers of one picture or latent: [channels, height, width], row by row. */
  @SuppressWarnings("ArrayRecordComponent")
  public // handed on, and never compared
  record Planes(int channels, int height, int width, float[] values) {
    private Planes part(int top, int left, int rows, int columns) {
      int h = Math.min(rows, height - top);
      int w = Math.min(columns, width - left);
      float[] part = new float[channels * h * w];
      for (int c = 0; c < channels; c++) {
        for (int y = 0; y < h; y++) {
          int from = (c * height + top + y) * width + left;
          System.arraycopy(values, from, part, (c * h + y) * w, w);
        }
      }
      return new Planes(channels, h, w, part);
    }

    private int at(int c, int y, int x) {
      return (c * height + y) * width + x;
    }
  }

  /** True if a side is longer than a tile. */
  boolean needed(Planes whole) {
    return whole.height() > tile || whole.width() > tile;
  }

  /** Sends {@code whole} through {@code network} tile by tile. */
  Planes apply(Planes whole, UnaryOperator<Planes> network) {
    int stride = (int) (tile * (1 - OVERLAP));
    int blend = (int) (tileOut * OVERLAP);
    List<List<Planes>> rows = new ArrayList<>();
    for (int top = 0; top < whole.height(); top += stride) {
      List<Planes> row = new ArrayList<>();
      for (int left = 0; left < whole.width(); left += stride) {
        row.add(network.apply(whole.part(top, left, tile, tile)));
      }
      rows.add(row);
    }
    List<List<Planes>> cut = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      List<Planes> row = new ArrayList<>();
      for (int j = 0; j < rows.get(i).size(); j++) {
        Planes one = rows.get(i).get(j);
        if (i > 0) {
          blendRows(rows.get(i - 1).get(j), one, blend);
        }
        if (j > 0) {
          blendColumns(rows.get(i).get(j - 1), one, blend);
        }
        row.add(one.part(0, 0, tileOut - blend, tileOut - blend));
      }
      cut.add(row);
    }
    return joined(cut);
  }

  /** The first rows of {@code below} come gradually out of the last of {@code above}. */
  private static void blendRows(Planes above, Planes below, int most) {
    int extent = Math.min(most, Math.min(above.height(), below.height()));
    for (int c = 0; c < below.channels(); c++) {
      for (int y = 0; y < extent; y++) {
        for (int x = 0; x < below.width(); x++) {
          mix(
              above,
              above.at(c, above.height() - extent + y, x),
              below,
              below.at(c, y, x),
              y,
              extent);
        }
      }
    }
  }

  /** The first columns of {@code right} come gradually out of the last of {@code left}. */
  private static void blendColumns(Planes left, Planes right, int most) {
    int extent = Math.min(most, Math.min(left.width(), right.width()));
    for (int c = 0; c < right.channels(); c++) {
      for (int y = 0; y < right.height(); y++) {
        for (int x = 0; x < extent; x++) {
          mix(left, left.at(c, y, left.width() - extent + x), right, right.at(c, y, x), x, extent);
        }
      }
    }
  }

  private static void mix(Planes a, int from, Planes b, int to, int place, int extent) {
    double share = place / (double) extent;
    b.values()[to] = (float) (a.values()[from] * (1 - share) + b.values()[to] * share);
  }

  private static Planes joined(List<List<Planes>> tiles) {
    int height = tiles.stream().mapToInt(row -> row.get(0).height()).sum();
    int width = tiles.get(0).stream().mapToInt(Planes::width).sum();
    int channels = tiles.get(0).get(0).channels();
    Planes whole = new Planes(channels, height, width, new float[channels * height * width]);
    int top = 0;
    for (List<Planes> row : tiles) {
      int left = 0;
      for (Planes tile : row) {
        for (int c = 0; c < channels; c++) {
          for (int y = 0; y < tile.height(); y++) {
            System.arraycopy(
                tile.values(),
                tile.at(c, y, 0),
                whole.values(),
                whole.at(c, top + y, left),
                tile.width());
          }
        }
        left += tile.width();
      }
      top += row.get(0).height();
    }
    return whole;
  }
}
