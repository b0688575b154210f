package dev.lora4j.cli.console;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress for a person: a bar that is redrawn in place, with the time that remains. */
final class ProgressOnOneLine implements Progress {
  private static final int REDRAW_MILLIS = 200;

  private final ProgressBar bar;

  ProgressOnOneLine(PrintStream err, int width, String task, long steps, String unit) {
    bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(steps)
            .setUnit(" " + unit + "s", 1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .setConsumer(new ConsoleProgressBarConsumer(err, width - 1))
            .build();
  }

  @Override
  public void done(long steps, String detail) {
    bar.stepTo(steps);
    bar.setExtraMessage(detail.isEmpty() ? "" : " " + Printable.line(detail));
  }

  @Override
  public void close() {
    bar.close();
  }
}
