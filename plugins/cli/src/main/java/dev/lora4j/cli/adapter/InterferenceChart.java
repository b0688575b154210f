package dev.lora4j.cli.adapter;

import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.mixer.Interference.Pair;
import dev.lora4j.core.mixer.PairOverlap;
import dev.lora4j.diffusion.record.PngFile;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/** Heat maps of how adapters get on: blocks beside each other, a row for each pair. */
final class InterferenceChart {
  private static final int LEAST_WIDTH = 700;
  private static final int COLUMN = 46;
  private static final int ROW = 46;
  private static final int AROUND = 190;
  private static final int SIDE = 330;
  private static final Color[] COOL_TO_HOT = {
    new Color(0x2c, 0x5a, 0xa0), new Color(0xf4, 0xf4, 0xf4), new Color(0xb8, 0x2e, 0x2e)
  };
  private static final Color[] LIGHT_TO_DARK = {
    new Color(0xf4, 0xf4, 0xf4), new Color(0x2e, 0x6e, 0x4e)
  };

  private InterferenceChart() {}

  /** Writes the picture of adapters of which at least two meet. */
  static void write(Path file, MixExplanation explained) {
    BufferedImage conflict =
        map(
            explained,
            "share with opposite signs (0.5: independent)",
            PairOverlap::conflict,
            COOL_TO_HOT);
    BufferedImage overlap =
        map(explained, "share of directions in common", PairOverlap::overlap, LIGHT_TO_DARK);
    BufferedImage both =
        new BufferedImage(
            conflict.getWidth(),
            conflict.getHeight() + overlap.getHeight(),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D g = both.createGraphics();
    g.drawImage(conflict, 0, 0, null);
    g.drawImage(overlap, 0, conflict.getHeight(), null);
    g.dispose();
    PngFile.write(file, both, "how adapters get on: " + String.join(", ", explained.names()));
  }

  private static BufferedImage map(
      MixExplanation explained,
      String title,
      ToDoubleFunction<PairOverlap> value,
      Color... colors) {
    List<BlockName> blocks = explained.blocks();
    List<String> rows = new ArrayList<>();
    List<Number[]> cells = new ArrayList<>();
    for (Map.Entry<Pair, SortedMap<BlockName, PairOverlap>> pair : explained.pairs().entrySet()) {
      for (int x = 0; x < blocks.size(); x++) {
        Optional<PairOverlap> meeting = Optional.ofNullable(pair.getValue().get(blocks.get(x)));
        int column = x;
        meeting.ifPresent(
            m -> cells.add(new Number[] {column, rows.size(), value.applyAsDouble(m)}));
      }
      rows.add(explained.name(pair.getKey()));
    }
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(Math.max(LEAST_WIDTH, SIDE + COLUMN * blocks.size()))
            .height(AROUND + ROW * rows.size())
            .title(title)
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setRangeColors(colors);
    chart.getStyler().setMin(0).setMax(1);
    chart.getStyler().setShowValue(true);
    chart.getStyler().setHeatMapValueDecimalPattern("0.00");
    chart.getStyler().setXAxisLabelRotation(60);
    chart.addSeries(title, blocks.stream().map(BlockName::toString).toList(), rows, cells);
    return BitmapEncoder.getBufferedImage(chart);
  }
}
