package dev.lora4j.diffusion.base.original;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.diffusion.family.OpenClipNames;
import java.util.List;

/**
 * Location and layout of a text encoder in a file.
 *
 * @param prefix what the names of its tensors begin with
 * @param openClip whether it lies there as OpenCLIP has it, not transformers
 */
record TextEncoderLocation(String prefix, boolean openClip) {
  private static final String LEVEL = "text_model.";

  /** Possible locations of a parameter, likeliest first. */
  List<Placement> of(Parameter parameter) {
    String name = parameter.name();
    if (openClip) {
      int dot = name.lastIndexOf('.');
      return new OpenClipNames("", prefix)
          .of(name.substring(0, dot), name.substring(dot + 1), parameter.shape().size(0));
    }
    Placement plain = Placement.of("", prefix + name);
    return name.startsWith(LEVEL)
        ? List.of(plain, Placement.of("", prefix + name.substring(LEVEL.length())))
        : List.of(plain);
  }
}
