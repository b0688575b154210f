package dev.lora4j.cli;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where to compute, and on how much of it. */
final class DeviceOption {
  static final class Reader implements ITypeConverter<Device> {
    @Override
    public Device convert(String text) {
      try {
        return Device.named(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      try {
        int threads = Integer.parseInt(text);
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
      names = "--device",
      paramLabel = "DEVICE",
      converter = Reader.class,
      description =
          "Compute on cpu, cuda, cuda:N or auto (default: ${DEFAULT-VALUE}, the first card that"
              + " can be used, else the CPU).",
      defaultValue = "auto")
  Device device = Device.CPU;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = Count.class,
      description =
          "Threads on the CPU (default: one for each processor). Fewer leave room for other"
              + " programs; where those keep the processors busy, fewer are faster. The last bits"
              + " of numbers depend on it.")
  private Optional<Integer> asked = Optional.empty();

  /** Threads inside one operator. */
  int threads() {
    return asked.orElseGet(() -> Runtime.getRuntime().availableProcessors());
  }

  /** Whether a card may be computed on, as far as can be told without opening an engine. */
  boolean card() {
    boolean found = device.equals(Device.AUTO) && Engine.obstacle(Device.cuda(0)).isEmpty();
    return device.cuda() || found;
  }

  /** Where an engine computes, for people. */
  static String place(Engine engine) {
    int threads = engine.threads();
    return engine.device().cuda()
        ? engine.device().toString()
        : threads + (threads == 1 ? " thread" : " threads");
  }

  /** Starts the engine; says so if other programs will slow it down. */
  Lora4j open(Console console) {
    int processors = Runtime.getRuntime().availableProcessors();
    Lora4j lora = Lora4j.open(threads(), device);
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    if (console.watched()
        && asked.isEmpty()
        && load > processors
        && !lora.engine().device().cuda()) {
      console.note(
          String.format(
              Locale.ROOT,
              "Other programs keep this machine busy (load %.1f on %d processors); with fewer"
                  + " --threads it may be faster.",
              load,
              processors));
    }
    return lora;
  }
}
