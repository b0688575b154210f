package dev.lora4j.core.format;

import dev.lora4j.core.nn.Site;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A block for each numbered layer, {@code L00} and so on, for models of any structure. */
public record NumberedLayers() implements BlockScheme {
  private static final Pattern NUMBER = Pattern.compile("(?:^|\\.)(\\d+)\\.");

  @Override
  public BlockName block(Site site) {
    Matcher m = NUMBER.matcher(site.name());
    if (m.find()) {
      return new BlockName(BlockPart.LAYER, Integer.parseInt(m.group(1)));
    }
    boolean embedding = site.kind() == Site.Kind.EMBEDDING;
    return BlockName.of(embedding ? BlockPart.BEFORE : BlockPart.AFTER);
  }
}
