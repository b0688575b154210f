package dev.lora4j.cli.generate;

import dev.lora4j.diffusion.request.MicroConditioning;
import dev.lora4j.diffusion.request.MicroConditioning.Sizes;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of the size conditioning of a Stable Diffusion XL. */
final class SizeConditioningOption {
  @Option(
      names = "--original-size",
      paramLabel = "WxH",
      converter = PictureSize.Reader.class,
      description =
          "Tell a Stable Diffusion XL that the picture was so large before it was made smaller;"
              + " small values blur (default: the picture's size).")
  private Optional<PictureSize> original = Optional.empty();

  @Option(
      names = "--crop",
      paramLabel = "TOP,LEFT",
      converter = Corner.Reader.class,
      description = "Tell it that so many pixels were cut off (default: 0,0).")
  private Optional<Corner> crop = Optional.empty();

  @Option(
      names = "--target-size",
      paramLabel = "WxH",
      converter = PictureSize.Reader.class,
      description = "Tell it that the picture is so large (default: the picture's size).")
  private Optional<PictureSize> target = Optional.empty();

  @Option(
      names = "--negative-original-size",
      paramLabel = "WxH",
      converter = PictureSize.Reader.class,
      description =
          "What --original-size, --crop and --target-size are beside the negative prompt (default:"
              + " as beside the prompt).")
  private Optional<PictureSize> negativeOriginal = Optional.empty();

  @Option(
      names = "--negative-crop",
      paramLabel = "TOP,LEFT",
      converter = Corner.Reader.class,
      description = "See --negative-original-size.")
  private Optional<Corner> negativeCrop = Optional.empty();

  @Option(
      names = "--negative-target-size",
      paramLabel = "WxH",
      converter = PictureSize.Reader.class,
      description = "See --negative-original-size.")
  private Optional<PictureSize> negativeTarget = Optional.empty();

  /** Pixels that are cut off. */
  private record Corner(int top, int left) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,5}),(\\d{1,5})");

    /** Converter of a corner. */
    private static final class Reader implements ITypeConverter<Corner> {
      @Override
      public Corner convert(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
          throw new TypeConversionException(
              "expected TOP,LEFT, for example 0,128, found '" + text + "'");
        }
        return new Corner(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
      }
    }
  }

  /** The size conditioning; that of the negative prompt is by default that of the prompt. */
  MicroConditioning value() {
    Sizes sizes = sizes(Sizes.OWN, original, crop, target);
    boolean same = negativeOriginal.isEmpty() && negativeCrop.isEmpty() && negativeTarget.isEmpty();
    MicroConditioning told = MicroConditioning.of(sizes);
    return same
        ? told
        : told.negative(sizes(sizes, negativeOriginal, negativeCrop, negativeTarget));
  }

  private static Sizes sizes(
      Sizes usual,
      Optional<PictureSize> original,
      Optional<Corner> crop,
      Optional<PictureSize> target) {
    Sizes sizes = usual;
    if (original.isPresent()) {
      sizes = sizes.original(original.get().width(), original.get().height());
    }
    if (crop.isPresent()) {
      sizes = sizes.crop(crop.get().top(), crop.get().left());
    }
    if (target.isPresent()) {
      sizes = sizes.target(target.get().width(), target.get().height());
    }
    return sizes;
  }
}
