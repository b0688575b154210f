package dev.lora4j.diffusion.base.original;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.diffusion.family.OpenClipNames;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Location and layout of a text encoder in a file.
 *
 * @param prefix what the names of its tensors begin with
 * @param openClip whether it is OpenCLIP's, and not OpenAI's
 * @param renamed whether the tensors of an OpenCLIP have transformers' names, as
 *     stable-diffusion.cpp gives them
 */
record TextEncoderLocation(String prefix, boolean openClip, boolean renamed) {
  private static final String LEVEL = "text_model.";
  private static final Pattern ATTENTION =
      Pattern.compile("(.*\\.self_attn\\.)([qkv]_proj)\\.(weight|bias)");

  /** An encoder in its own layout: transformers' of OpenAI's, and OpenCLIP's of its own. */
  TextEncoderLocation(String prefix, boolean openClip) {
    this(prefix, openClip, false);
  }

  /** True if names are those of OpenCLIP. */
  boolean ownNames() {
    return openClip && !renamed;
  }

  /** Possible locations of a parameter, likeliest first. */
  List<Placement> of(Parameter parameter) {
    String name = parameter.name();
    if (ownNames()) {
      int dot = name.lastIndexOf('.');
      return new OpenClipNames("", prefix)
          .of(name.substring(0, dot), name.substring(dot + 1), parameter.shape().size(0));
    }
    Placement plain = Placement.of("", prefix + name);
    if (renamed) {
      return renamed(parameter, plain);
    }
    return name.startsWith(LEVEL)
        ? List.of(plain, Placement.of("", prefix + name.substring(LEVEL.length())))
        : List.of(plain);
  }

  /** Names of the tensors change there, and not how they lie. */
  private List<Placement> renamed(Parameter parameter, Placement plain) {
    String name = parameter.name();
    if (name.equals("text_projection.weight")) {
      return List.of(Placement.transposed("", prefix + LEVEL + "text_projection"));
    }
    Matcher attention = ATTENTION.matcher(name);
    if (!attention.matches()) {
      return List.of(plain);
    }
    long count = parameter.shape().size(0);
    Placement.Rows rows =
        Placement.Rows.third(OpenClipNames.FUSED.indexOf(attention.group(2)) * count, count);
    String fused = prefix + attention.group(1) + "in_proj." + attention.group(3);
    // Versions until 2025 take the fused weights apart.
    return List.of(new Placement("", fused, Optional.of(rows), false, false), plain);
  }
}
