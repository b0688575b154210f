package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Console;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.runtime.ProcessorShare;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Option of the number of processors; the one place where commands start the engine. */
public final class ThreadsOption {
  /** No processor has more; each thread waits for all others, and a system has room for so many. */
  private static final int MOST = 1024;

  /** Converter of a number of threads. */
  public static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      try {
        int threads = Integer.parseInt(text);
        if (threads > MOST) {
          throw new TypeConversionException("expected at most " + MOST + ", found " + text);
        }
        if (threads >= 1) {
          return threads;
        }
      } catch (NumberFormatException e) {
        // As a number that is too small.
      }
      throw new TypeConversionException("expected a whole number from 1 on, found " + text);
    }
  }

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = Count.class,
      description =
          "Threads on the CPU (default: one for each processor that this process may use, which"
              + " doctor shows). Fewer leave room for other programs; where those keep the"
              + " processors busy, fewer are faster. The last bits of numbers depend on it.")
  private Optional<Integer> asked = Optional.empty();

  /** Number of threads of one operator. */
  public int count() {
    return asked.orElseGet(() -> ProcessorShare.ofThisProcess().usable());
  }

  /** The same with the reason, for people. */
  public String text() {
    return asked.map(n -> n + " (--threads)").orElse(ProcessorShare.ofThisProcess().toString());
  }

  /** Starts the engine on the CPU, with a note if other programs will slow it down. */
  public Lora4j open(Console console) {
    return open(console, Device.CPU);
  }

  /** Starts the engine on a device; likewise. */
  Lora4j open(Console console, Device device) {
    Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(count()).device(device));
    if (asked.isEmpty() && !lora.engine().device().cuda()) {
      double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
      tell(console, load, ProcessorShare.ofThisProcess());
    }
    return lora;
  }

  /** Notes that programs need more processors than there are, and fewer threads are possible. */
  static void tell(Console console, double load, ProcessorShare share) {
    if (load > share.all() && share.usable() > 1) {
      console.note(
          String.format(
              Locale.ROOT,
              "Other programs keep this machine busy (load %.1f on %d processors); with fewer"
                  + " --threads it may be faster.",
              load,
              share.all()));
    }
  }
}
