package dev.lora4j.vision.command;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.vision.Goldens;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with tiny networks, and what it refuses. */
class VisionCommandTest {
  private static final String FOLDER = Goldens.model("folder").toString();
  private static final String WIDE = Goldens.RESOURCES.resolve("wide.png").toString();

  @TempDir private Path folder = Path.of("");

  private static String adapter(String name) {
    return Goldens.RESOURCES.resolve("adapter-" + name).toString();
  }

  @Test
  void classifiesWithAnAdapter() {
    Ran ran =
        Ran.of("classify", WIDE, "--base", FOLDER, "--lora", adapter("folder"), "--json")
            .requireDone();
    assertTrue(ran.out().contains("\"fox\""), ran.out());
    Ran own = Ran.of("classify", WIDE, "--base", FOLDER, "--top", "1").requireDone();
    assertTrue(own.out().matches("(?s).*wide.png  (fox|owl|hen) [01]\\.\\d{4}\\s*"), own.out());
  }

  @Test
  void badInputIsRefusedByName() throws IOException {
    Ran.of("classify", "missing.png", "--base", FOLDER).requireRefused("missing.png");
    Path text = Files.writeString(folder.resolve("text.png"), "text");
    Ran.of("classify", text.toString(), "--base", FOLDER).requireRefused("is no picture");
    Ran.of("classify", WIDE, "--base", folder.toString()).requireRefused("is no ResNet");
    Path pickle = Files.writeString(folder.resolve("resnet.pth"), "x");
    Ran.of("classify", WIDE, "--base", pickle.toString()).requireRefused("weights_only=True");
    String other = Path.of("../../lora-text/src/test/resources/models/t5").toString();
    Ran.of("classify", WIDE, "--base", other).requireRefused("'model_type' is 't5'");
    Ran.of("classify", WIDE, "--base", FOLDER, "--lora", adapter("basic"))
        .requireRefused("made for another base");
    Ran.of("classify", WIDE, "--base", FOLDER, "--top", "0").requireRefused("--top");
    Path data = Files.createDirectories(folder.resolve("data").resolve("cat"));
    Files.copy(Path.of(WIDE), data.resolve("1.png"));
    Ran.of("evaluate", "--base", FOLDER, "--data", data.getParent().toString())
        .requireRefused("does not know: cat. It tells apart fox, owl, hen.");
  }

  @Test
  void otherNetworksAreRefusedByName() {
    String stem = base("stem", Map.of("conv1.weight", Shape.of(6, 3, 3, 3)));
    Ran.of("classify", WIDE, "--base", stem).requireRefused("Stems for small pictures");
    String groups = base("groups", Map.of("layer1.0.conv2.weight", Shape.of(6, 3, 3, 3)));
    Ran.of("classify", WIDE, "--base", groups).requireRefused("is a ResNeXt");
    String more = base("more", Map.of("layer1.0.se.fc.weight", Shape.of(6)));
    Ran.of("classify", WIDE, "--base", more).requireRefused("not known: layer1.0.se.fc.weight");
  }

  /** The tiny network with some tensors of other shapes. */
  private String base(String name, Map<String, Shape> others) {
    Path file = folder.resolve(name + ".safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorStore store = TensorStore.open(Goldens.model("basic"))) {
      for (TensorInfo info : store.tensors().values()) {
        if (!others.containsKey(info.name())) {
          writer.add(info.name(), info.dtype(), info.shape(), store.read(info.name()));
        }
      }
      others.forEach(
          (tensor, shape) ->
              writer.add(
                  tensor,
                  DType.F32,
                  shape,
                  ByteBuffer.allocate(Math.toIntExact(4 * shape.elements()))));
      writer.write(file);
    }
    return file.toString();
  }
}
