package dev.lora4j.onnx;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.protobuf.ProtobufException;
import dev.lora4j.core.protobuf.ProtobufReader;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of an ONNX file: its initialisers, and constants under the names of their outputs.
 * The graph of the file is not run. Elements are read from the mapped file on demand.
 */
public final class OnnxWeights {
  private static final int GRAPH = 7;
  private static final int NODE = 1;
  private static final int INITIALISER = 5;

  private final Path file;
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
  private final List<OnnxNode> nodes = new ArrayList<>();

  private OnnxWeights(Path file) {
    this.file = file;
  }

  /**
   * Opens a file of less than 2 GiB.
   *
   * @throws ModelException if it cannot be read, or is no ONNX file
   */
  public static OnnxWeights open(Path file) {
    OnnxWeights weights = new OnnxWeights(file);
    try {
      if (RegularFile.require(file) > Integer.MAX_VALUE) {
        throw new ModelException(file + " has 2 GiB or more, which cannot be read.");
      }
    } catch (IOException e) {
      throw new ModelException("Cannot read " + file + ": " + e.getMessage(), e);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      weights.model(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
    } catch (IOException e) {
      throw new ModelException("Cannot read " + file + ": " + e.getMessage(), e);
    }
    if (weights.tensors.isEmpty()) {
      throw new ModelException(file + " has no tensors; it is damaged or no ONNX file.");
    }
    return weights;
  }

  private void model(ByteBuffer bytes) {
    try {
      ProtobufReader model = new ProtobufReader(bytes);
      while (model.next()) {
        if (model.field() == GRAPH) {
          graph(model.message());
        }
      }
    } catch (ProtobufException e) {
      throw new ModelException(file + " is damaged or no ONNX file: " + e.getMessage() + ".", e);
    }
  }

  private void graph(ProtobufReader graph) {
    while (graph.next()) {
      switch (graph.field()) {
        case NODE -> {
          OnnxNode node = OnnxNode.read(graph.message());
          nodes.add(node);
          node.value().ifPresent(t -> node.outputs().forEach(o -> tensors.put(o, t)));
        }
        case INITIALISER -> {
          OnnxTensor tensor = OnnxTensor.read(graph.message());
          tensors.put(tensor.name(), tensor);
        }
        default -> {}
      }
    }
  }

  /** Names of all tensors. */
  public Set<String> names() {
    return Set.copyOf(tensors.keySet());
  }

  /**
   * A tensor, copied to the heap.
   *
   * @throws ModelException if there is none called so, or it is of a type that weights do not have,
   *     or not stored in this file as bytes
   */
  public HostTensor tensor(String name) {
    OnnxTensor tensor =
        Optional.ofNullable(tensors.get(name))
            .orElseThrow(() -> new ModelException(file + " has no tensor " + name + "."));
    try {
      return tensor.value();
    } catch (ModelException e) {
      throw new ModelException(file + ": " + e.getMessage(), e);
    }
  }

  Path file() {
    return file;
  }

  List<OnnxNode> nodes() {
    return nodes;
  }

  /** The operator called {@code name}. */
  Optional<OnnxNode> node(String name) {
    return nodes.stream().filter(n -> n.name().equals(name)).findFirst();
  }
}
