package dev.lora4j.hub.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.hub.PullListener;
import dev.lora4j.hub.listing.RemoteAdapter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Progress of a pull on the console: a line for each adapter, with its speed. */
final class PullProgress implements PullListener, AutoCloseable {
  private static final double MEGABYTE = 1e6;
  private static final long PAUSE_NANOS = 100_000_000L;
  private static final long LONG_PAUSE_NANOS = 5_000_000_000L;

  private final Console console;
  private String task = "";
  private @Nullable Progress line;
  private long began;
  private long first;
  private long shown;
  private long total;

  PullProgress(Console console) {
    this.console = console;
  }

  @Override
  public void begins(RemoteAdapter adapter, Path target) {
    close();
    task = adapter.name();
    began = 0;
  }

  @Override
  public void progress(long bytes, long size) {
    long now = System.nanoTime();
    if (began == 0 || bytes < first) {
      began = now;
      first = bytes;
      shown = now;
    }
    boolean last = bytes == size;
    if (size < 0) {
      if (now - shown >= LONG_PAUSE_NANOS) {
        shown = now;
        console.note(
            String.format(Locale.ROOT, "%s: %.1f MB%s", task, bytes / MEGABYTE, speed(bytes, now)));
      }
    } else if (last || now - shown >= PAUSE_NANOS || line == null) {
      shown = now;
      if (line == null || size != total) {
        close(); // a file that changed has another size
        line = console.progress(task, size, "byte");
        total = size;
      }
      line.done(
          bytes,
          String.format(
              Locale.ROOT,
              "%.1f of %.1f MB%s",
              bytes / MEGABYTE,
              size / MEGABYTE,
              speed(bytes, now)));
    }
  }

  private String speed(long bytes, long now) {
    double seconds = (now - began) / 1e9;
    return seconds < 0.2 || bytes <= first
        ? ""
        : String.format(Locale.ROOT, ", %.1f MB/s", (bytes - first) / MEGABYTE / seconds);
  }

  @Override
  public void note(String text) {
    console.note(text);
  }

  @Override
  public void close() {
    if (line != null) {
      line.close();
      line = null;
    }
  }
}
