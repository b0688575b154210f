package dev.lora4j.cli.adapter;

import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Extensions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converter of a mixer on the command line: {@code switch} or {@code switch:tau=3}. */
public final class MixerReader implements ITypeConverter<Mixer> {
  @Override
  public Mixer convert(String text) {
    try {
      return Extensions.installed().make(Mixer.class, text);
    } catch (ExtensionException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
