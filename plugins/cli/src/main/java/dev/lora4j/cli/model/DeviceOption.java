package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of the device, and of its threads or memory. */
public final class DeviceOption {
  /** Converter of a device. */
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

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      converter = Reader.class,
      description =
          "Compute on cpu, cuda, cuda:N or auto (default: ${DEFAULT-VALUE}, the first card that"
              + " can be used, else the CPU).",
      defaultValue = "auto")
  public Device device = Device.CPU;

  @Mixin public final ThreadsOption threads = new ThreadsOption();

  /**
   * Fails where {@link #open} would, as far as is known without opening; before anything is
   * written.
   */
  public void require() {
    Engine.obstacle(device)
        .ifPresent(
            obstacle -> {
              throw new Failure(obstacle.message());
            });
  }

  /** True if a card may be used, as far as is known without opening an engine. */
  boolean card() {
    boolean found = device.equals(Device.AUTO) && Engine.obstacle(Device.cuda(0)).isEmpty();
    return device.cuda() || found;
  }

  /** Device of an engine, for people. */
  public static String place(Engine engine) {
    int threads = engine.threads();
    return engine.device().cuda()
        ? engine.device().toString()
        : threads + (threads == 1 ? " thread" : " threads");
  }

  /** Starts the engine, with a note if other programs will slow it down. */
  public Lora4j open(Console console) {
    return threads.open(console, device);
  }
}
