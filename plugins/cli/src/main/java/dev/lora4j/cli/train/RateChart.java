package dev.lora4j.cli.train;

import dev.lora4j.core.train.run.RateSearch.Setting;
import dev.lora4j.core.train.run.RateSearch.Trial;
import dev.lora4j.diffusion.record.PngFile;
import java.awt.Color;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of the smoothed losses or rewards of short trainings, a curve for each. */
final class RateChart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 560;

  /** Share of the highest curve that the axis has. */
  private static final double ROOM = 1.1;

  private static final String BY = " by learning rate and alpha";

  private RateChart() {}

  static void write(Path file, List<Trial> trials, Function<Setting, String> names) {
    String measure = RateChoice.measure(trials.get(0));
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(measure + BY)
            .xAxisTitle("step")
            .yAxisTitle(measure + ", smoothed")
            .build();
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setToolTipsEnabled(false);
    for (Trial trial : trials) {
      if (!trial.losses().isEmpty()) {
        double[] losses = trial.losses().stream().mapToDouble(l -> l).toArray();
        double[] steps = IntStream.rangeClosed(1, losses.length).asDoubleStream().toArray();
        String name = names.apply(trial.setting()) + (trial.diverged() ? " (diverged)" : "");
        chart.addSeries(name, steps, LossChart.smooth(losses)).setMarker(SeriesMarkers.NONE);
      }
    }
    if (trials.stream().anyMatch(Trial::diverged)) {
      top(trials).ifPresent(chart.getStyler()::setYAxisMax);
    }
    PngFile.write(file, BitmapEncoder.getBufferedImage(chart), measure + BY);
  }

  /**
   * Top of the axis: a little above all trials that stayed within bounds, as next to one that did
   * not they would all lie on the axis. Nothing if none stayed.
   */
  static OptionalDouble top(List<Trial> trials) {
    return trials.stream()
        .filter(trial -> !trial.diverged())
        .flatMapToDouble(
            trial ->
                Arrays.stream(
                    LossChart.smooth(trial.losses().stream().mapToDouble(l -> l).toArray())))
        .max()
        .stream()
        .map(most -> ROOM * most)
        .filter(most -> most > 0)
        .findFirst();
  }
}
