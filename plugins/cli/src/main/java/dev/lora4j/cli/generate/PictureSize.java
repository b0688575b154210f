package dev.lora4j.cli.generate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size on the command line, {@code 512x768}; 0 by 0 is the base's own. */
public record PictureSize(int width, int height) {
  private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,4})[xX]([1-9]\\d{0,4})");

  /** Converter of a size. */
  public static final class Reader implements ITypeConverter<PictureSize> {
    @Override
    public PictureSize convert(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new TypeConversionException(
            "expected WIDTHxHEIGHT, for example 512x768, found '" + text + "'");
      }
      return new PictureSize(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }
  }
}
