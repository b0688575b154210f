package dev.lora4j.core.lowrank;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a model that its sites are summed up by. */
public final class Block {
  /** Blocks by name, with their numbers in the order of numbers. */
  public static final Comparator<String> ORDER =
      Comparator.comparing((String block) -> padded(block))
          .thenComparing(Comparator.naturalOrder());

  /** Up to the first number, or to the middle block, which has none. */
  private static final Pattern NAME =
      Pattern.compile("(.*?\\b(?:mid|middle)_block)\\b.*|(.*?[._]\\d+)(?:[._].*)?");

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  private Block() {}

  /**
   * The block of a site, for example {@code unet.down_blocks.1} of {@code
   * unet.down_blocks.1.attentions.0.proj_in}; the model's name if the site is in no block.
   */
  public static String of(String site) {
    Matcher name = NAME.matcher(site);
    if (name.matches()) {
      return name.group(1) == null ? name.group(2) : name.group(1);
    }
    int dot = site.indexOf('.');
    return dot < 0 ? site : site.substring(0, dot);
  }

  private static String padded(String block) {
    return NUMBER
        .matcher(block)
        .replaceAll(n -> "0".repeat(Math.max(0, 9 - n.group().length())) + n.group());
  }
}
