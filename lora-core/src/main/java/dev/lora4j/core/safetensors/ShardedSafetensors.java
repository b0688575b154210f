package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A checkpoint in several files, bound together by a {@code .safetensors.index.json}.
 *
 * <p>Opening reads the index and the headers of all shards. Tensors that a shard holds and the
 * index does not name are not part of the checkpoint.
 */
public final class ShardedSafetensors implements TensorStore {
  private final Path path;
  private final Map<String, Safetensors> shards;
  private final Map<String, Safetensors> owners;
  private final Map<String, TensorInfo> tensors;

  private ShardedSafetensors(
      Path path, Map<String, Safetensors> shards, Map<String, String> places) {
    this.path = path;
    this.shards = shards;
    this.owners = new HashMap<>();
    Map<String, TensorInfo> all = new LinkedHashMap<>();
    shards.forEach(
        (file, shard) ->
            shard.tensors().values().stream()
                .filter(info -> file.equals(places.get(info.name())))
                .forEach(
                    info -> {
                      owners.put(info.name(), shard);
                      all.put(info.name(), info);
                    }));
    this.tensors = Collections.unmodifiableMap(all);
  }

  /**
   * Opens all shards of an index, refusing any malformation.
   *
   * @throws SafetensorsException if the index or a shard breaks a rule, or a shard is missing
   */
  public static ShardedSafetensors open(Path index) {
    return open(index, Set.of());
  }

  /** Opens all shards of an index; malformations in {@code tolerated} become warnings. */
  public static ShardedSafetensors open(Path index, Set<Leniency> tolerated) {
    Inspection inspection = new Inspection(index, tolerated);
    Map<String, String> places = places(inspection, index);
    ShardFolder folder = new ShardFolder(inspection, index);
    Map<String, Safetensors> shards = new LinkedHashMap<>();
    try {
      for (String file : new TreeSet<>(places.values())) {
        shards.put(file, Safetensors.open(folder.shard(file), tolerated));
      }
      ShardedSafetensors whole = new ShardedSafetensors(index, shards, places);
      whole.requireAll(inspection, places);
      return whole;
    } catch (RuntimeException | Error e) {
      shards.values().forEach(Safetensors::close);
      throw e;
    }
  }

  private static Map<String, String> places(Inspection inspection, Path index) {
    try (SharedChannel file = new SharedChannel(index)) {
      return ShardIndex.read(inspection, file);
    } catch (IOException e) {
      throw Inspection.io(index, "cannot be opened", e);
    }
  }

  private void requireAll(Inspection inspection, Map<String, String> places) {
    places.forEach(
        (name, file) -> {
          if (!tensors.containsKey(name)) {
            throw inspection.fault(
                Kind.MISSING_SHARD_TENSOR,
                "places tensor %s in %s, which lacks it. The files are of different versions."
                    .formatted(QuotedText.of(name), QuotedText.of(file)));
          }
        });
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return tensors;
  }

  /** The metadata of all shards; where two differ, the first shard's. */
  @Override
  public Map<String, String> metadata() {
    Map<String, String> all = new LinkedHashMap<>();
    shards.values().forEach(shard -> shard.metadata().forEach(all::putIfAbsent));
    return Collections.unmodifiableMap(all);
  }

  @Override
  public List<String> warnings() {
    List<String> all = new ArrayList<>();
    shards.values().forEach(shard -> all.addAll(shard.warnings()));
    return Collections.unmodifiableList(all);
  }

  @Override
  public Path fileOf(String name) {
    return owner(name).path();
  }

  @Override
  public long absoluteOffset(String name) {
    return owner(name).absoluteOffset(name);
  }

  @Override
  public byte[] bytes(String name) {
    return owner(name).bytes(name);
  }

  @Override
  public ByteBuffer read(String name) {
    return owner(name).read(name);
  }

  @Override
  public void read(String name, long offset, ByteBuffer into) {
    owner(name).read(name, offset, into);
  }

  @Override
  public MappedByteBuffer map(String name, long offset, long length) {
    return owner(name).map(name, offset, length);
  }

  @Override
  public void close() {
    shards.values().forEach(Safetensors::close);
  }

  private Safetensors owner(String name) {
    Safetensors owner = owners.get(name);
    if (owner == null) {
      throw new SafetensorsException(
          Kind.NO_SUCH_TENSOR,
          "%s has no tensor %s among its %s.".formatted(path, QuotedText.of(name), tensors.size()));
    }
    return owner;
  }
}
