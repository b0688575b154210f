package dev.lora4j.cli.train;

import dev.lora4j.diffusion.record.PngFile;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of how the loss went: each step faintly, and a smoothed curve over it. */
public final class LossChart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 500;

  private LossChart() {}

  /** Writes the picture of one loss per step. */
  static void write(Path file, String title, List<Float> losses) {
    TreeMap<Integer, Double> byStep = new TreeMap<>();
    for (int i = 0; i < losses.size(); i++) {
      byStep.put(i + 1, (double) losses.get(i));
    }
    write(file, title, byStep, new TreeMap<>());
  }

  /** Writes the picture of losses by step, and of validation losses if there are any. */
  static void write(
      Path file,
      String title,
      SortedMap<Integer, Double> losses,
      SortedMap<Integer, Double> validations) {
    double[] steps = numbers(losses.keySet());
    double[] values = numbers(losses.values());
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle("loss")
            .build();
    // Below the curves: one of them may rise into any corner.
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
    chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setToolTipsEnabled(false);
    line(chart, "each step", steps, values, new Color(0xb0, 0xc4, 0xde), 1);
    line(chart, "smoothed", steps, smooth(values), new Color(0x1f, 0x4e, 0x9c), 2.5f);
    if (!validations.isEmpty()) {
      double[] at = numbers(validations.keySet());
      line(chart, "validation", at, numbers(validations.values()), new Color(0xc0, 0x50, 0x20), 2);
    }
    BufferedImage image = BitmapEncoder.getBufferedImage(chart);
    PngFile.write(file, image, title);
  }

  private static double[] numbers(Collection<? extends Number> numbers) {
    return numbers.stream().mapToDouble(Number::doubleValue).toArray();
  }

  private static void line(
      XYChart chart, String name, double[] x, double[] y, Color color, float width) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineWidth(width);
  }

  /**
   * The mean over a tenth of the run around each step: unlike a running mean it lags behind
   * nothing.
   */
  public static double[] smooth(double[] values) {
    int reach = Math.max(1, values.length / 20);
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int from = Math.max(0, i - reach);
      int to = Math.min(values.length, i + reach + 1);
      double sum = 0;
      int finite = 0;
      for (int j = from; j < to; j++) {
        if (Double.isFinite(values[j])) {
          sum += values[j];
          finite++;
        }
      }
      result[i] = finite == 0 ? Double.NaN : sum / finite;
    }
    return result;
  }
}
