package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** Finds shards in the folder of their index, and refuses links that lead elsewhere. */
final class ShardFolder {
  private final Inspection inspection;
  private final Path index;

  ShardFolder(Inspection inspection, Path index) {
    this.inspection = inspection;
    this.index = index;
  }

  /** The shard with this plain name. */
  Path shard(String name) {
    Path shard;
    try {
      shard = index.resolveSibling(name);
    } catch (InvalidPathException e) {
      throw inspection.fault(
          Kind.BAD_SHARD_NAME,
          "names the shard %s, which cannot be a file's name here.".formatted(QuotedText.of(name)));
    }
    if (!Files.exists(shard)) {
      throw inspection.fault(
          Kind.MISSING_SHARD,
          "needs the file %s beside it, which is not there. Download it too."
              .formatted(QuotedText.of(name)));
    }
    checkLink(name, shard);
    return shard;
  }

  /**
   * A link in a checkpoint that was unpacked from an archive could point at any file. The cache of
   * the Hugging Face hub does consist of links, from {@code snapshots/REVISION} to its sibling
   * {@code blobs}; those are followed.
   */
  private void checkLink(String name, Path shard) {
    try {
      Path folder = shard.resolveSibling("").toRealPath();
      Path target = shard.toRealPath();
      boolean inside = target.startsWith(folder);
      boolean cached = blobs(folder).map(target::startsWith).orElse(false);
      if (!inside && !cached) {
        throw inspection.fault(
            Kind.BAD_SHARD_NAME,
            "names the shard %s, a link to %s outside its folder. Put the file itself there."
                .formatted(QuotedText.of(name), QuotedText.of(target.toString())));
      }
    } catch (IOException e) {
      throw Inspection.io(shard, "cannot be read", e);
    }
  }

  private static Optional<Path> blobs(Path folder) {
    for (Path at = folder; at.getParent() != null; at = at.getParent()) {
      if (at.getParent().endsWith("snapshots")) {
        return Optional.of(at.getParent().resolveSibling("blobs"));
      }
    }
    return Optional.empty();
  }
}
