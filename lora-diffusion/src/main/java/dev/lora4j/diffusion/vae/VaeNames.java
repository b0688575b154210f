package dev.lora4j.diffusion.vae;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of an autoencoder's weights in the original layout. It numbers the decoder's resolutions
 * from the finest, though the decoder begins with the coarsest.
 *
 * @param levels its resolutions
 */
record VaeNames(int levels) {
  private static final Pattern BLOCK =
      Pattern.compile("(encoder|decoder)\\.(?:down|up)_blocks\\.(\\d+)\\.(\\w+)\\.(\\d+)\\.(.*)");
  private static final Pattern MIDDLE =
      Pattern.compile("(encoder|decoder)\\.mid_block\\.(resnets|attentions)\\.(\\d+)\\.(.*)");

  private static final Map<String, String> ATTENTION =
      Map.of("group_norm", "norm", "to_q", "q", "to_k", "k", "to_v", "v", "to_out.0", "proj_out");

  /** The original name of the weight that diffusers calls {@code name}, without a prefix. */
  String of(String name) {
    Matcher middle = MIDDLE.matcher(name);
    if (middle.matches()) {
      String at = middle.group(1) + ".mid.";
      return middle.group(2).equals("resnets")
          ? at + "block_" + (Integer.parseInt(middle.group(3)) + 1) + "." + resnet(middle.group(4))
          : at + "attn_1." + attention(middle.group(4));
    }
    Matcher block = BLOCK.matcher(name);
    if (!block.matches()) {
      return name.replace(".conv_norm_out.", ".norm_out.");
    }
    boolean down = block.group(1).equals("encoder");
    int number = Integer.parseInt(block.group(2));
    int level = down ? number : levels - 1 - number;
    String at = block.group(1) + (down ? ".down." : ".up.") + level + ".";
    return switch (block.group(3)) {
      case "resnets" -> at + "block." + block.group(4) + "." + resnet(block.group(5));
      case "downsamplers" -> at + "downsample." + block.group(5);
      case "upsamplers" -> at + "upsample." + block.group(5);
      default -> throw new IllegalArgumentException(name + " is no weight of an autoencoder.");
    };
  }

  private static String resnet(String rest) {
    return rest.replace("conv_shortcut", "nin_shortcut");
  }

  private static String attention(String rest) {
    int dot = rest.lastIndexOf('.');
    String layer = rest.substring(0, dot);
    return ATTENTION.getOrDefault(layer, layer) + rest.substring(dot);
  }
}
