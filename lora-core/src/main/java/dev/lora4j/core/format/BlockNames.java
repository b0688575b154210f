package dev.lora4j.core.format;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Block of each site of a model, by the scheme of the {@link BaseFamily} of its structure. Models
 * of no such structure have a block for each numbered layer, {@code L00} and so on.
 */
public final class BlockNames {
  private final Map<String, BlockName> blocks = new LinkedHashMap<>();
  private final BlockScheme scheme;

  /** Finds the blocks of a model's sites. */
  public BlockNames(SiteCatalogue sites) {
    scheme = Families.blocks(sites).orElseGet(NumberedLayers::new);
    sites.all().forEach(s -> blocks.put(s.name(), scheme.block(s)));
  }

  /** The block of a site; empty if the model has no site of this name. */
  public Optional<BlockName> of(String site) {
    return Optional.ofNullable(blocks.get(site));
  }

  /** All blocks of the model, in data-flow order. */
  public SortedSet<BlockName> all() {
    return new TreeSet<>(blocks.values());
  }

  /** Blocks that lists of bare numbers stand for, see {@link BlockScheme#lists}. */
  public Map<Integer, List<String>> lists() {
    return scheme.lists();
  }
}
