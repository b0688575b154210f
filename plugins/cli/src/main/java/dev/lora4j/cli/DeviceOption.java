package dev.lora4j.cli;

import dev.lora4j.core.tensor.Device;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where to compute. */
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

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      converter = Reader.class,
      description =
          "Compute on cpu, cuda, cuda:N or auto (default: ${DEFAULT-VALUE}, the first card that"
              + " can be used, else the CPU).",
      defaultValue = "auto")
  Device device = Device.CPU;
}
