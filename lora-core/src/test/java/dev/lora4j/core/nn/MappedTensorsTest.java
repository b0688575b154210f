package dev.lora4j.core.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedTensorsTest {
  private static final Engine ENGINE = Engine.open();
  private static final List<DType> TYPES =
      List.of(DType.F64, DType.I64, DType.F32, DType.BF16, DType.F16, DType.F8_E4M3, DType.U8);

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private Path file() {
    SafetensorsWriter writer = new SafetensorsWriter();
    Random random = new Random(1);
    for (DType type : TYPES) {
      for (int i = 0; i < 3; i++) {
        Shape shape = Shape.of(3 + i, 5);
        byte[] bytes = new byte[(int) type.bytes(shape.elements())];
        random.nextBytes(bytes);
        writer.add(type + "." + i, type, shape, ByteBuffer.wrap(bytes));
      }
    }
    Path file = folder.resolve("types.safetensors");
    writer.write(file);
    return file;
  }

  @Test
  void everyTypeIsTheFilesBytes() {
    try (Scope scope = ENGINE.scope("test");
        Safetensors opened = Safetensors.open(file())) {
      List<Tensor> tensors = new ArrayList<>();
      try (Scope whole = scope.child("whole")) {
        MappedTensors mapped = new MappedTensors(opened, whole);
        for (TensorInfo info : opened.tensors().values()) {
          tensors.add(mapped.tensor(scope, info));
        }
      }
      // The mappings themselves are closed; the tensors keep them.
      int i = 0;
      for (TensorInfo info : opened.tensors().values()) {
        assertEquals(info.shape(), tensors.get(i).shape());
        assertEquals(ByteBuffer.wrap(opened.bytes(info.name())), tensors.get(i++).bytes());
      }
    }
  }

  @Test
  void bytesThatAreNotAlignedAreCopied() throws IOException {
    String header =
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]}}";
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 9).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    bytes.put((byte) 7).putFloat(1.5f).putFloat(-2);
    Path file = folder.resolve("unaligned.safetensors");
    Files.write(file, bytes.array());
    try (Scope scope = ENGINE.scope("test");
        Safetensors opened = Safetensors.open(file)) {
      assertTrue(opened.absoluteOffset("b") % 4 != 0);
      Tensor b = new MappedTensors(opened, scope).tensor(scope, opened.tensors().get("b"));
      assertArrayEquals(new float[] {1.5f, -2}, b.floats());
    }
  }

  @Test
  void thousandRunsLeaveTheMappingUnchanged() throws Exception {
    int width = 64;
    SafetensorsWriter writer = new SafetensorsWriter();
    Random random = new Random(2);
    for (int i = 0; i < 4; i++) {
      ByteBuffer values = ByteBuffer.allocate(4 * width * width).order(ByteOrder.LITTLE_ENDIAN);
      while (values.hasRemaining()) {
        values.putFloat((float) random.nextGaussian() / 8);
      }
      writer.add("w" + i, DType.F32, Shape.of(width, width), values.flip());
    }
    Path file = folder.resolve("weights.safetensors");
    writer.write(file);
    byte[] before = sha256(Files.readAllBytes(file));
    try (Scope scope = ENGINE.scope("test")) {
      List<Parameter> wanted = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        wanted.add(new Parameter("w" + i, Shape.of(width, width), Parameter.Init.KAIMING));
      }
      WeightStore store;
      try (Safetensors opened = Safetensors.open(file)) {
        store = WeightStore.load(scope, opened, StoredWeight.all(opened.tensors()), DType.F32);
      }
      Program inference = program(scope, width, false);
      Program training = program(scope, width, true);
      HeldInputs forInference = inference.hold(scope, store::tensor);
      HeldInputs forTraining = training.hold(scope, store::tensor);
      Tensor x = Tensor.of(scope, Shape.of(2, width), new float[2 * width]);
      Tensor down = Tensor.of(scope, Shape.of(4, width), new float[4 * width]);
      for (int i = 0; i < 500; i++) {
        try (Scope step = scope.child("step")) {
          inference.run(step, forInference, List.of(x, down));
          training.run(step, forTraining, List.of(x, down));
        }
      }
      try (Safetensors opened = Safetensors.open(file)) {
        for (Parameter p : wanted) {
          byte[] mapped = new byte[4 * width * width];
          store.tensor(p.name()).bytes().get(mapped);
          assertArrayEquals(sha256(opened.bytes(p.name())), sha256(mapped), p.name());
        }
      }
      assertArrayEquals(before, sha256(Files.readAllBytes(file)));
    }
  }

  /** A chain of layers, each with an adapter's factor beside it, which training differentiates. */
  private static Program program(Scope scope, int width, boolean training) {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, width)).add(1);
    Expr input = graph.input("down", DType.F32, Shape.of(4, width));
    Expr down = training ? input.trainable() : input;
    Expr y = x;
    for (int i = 0; i < 4; i++) {
      Expr w = graph.held("w" + i, DType.F32, Shape.of(width, width));
      y = y.linear(w).add(x.linear(down).matmul(down)).silu();
    }
    Expr loss = y.pow(2).mean();
    return training
        ? graph.training(scope, List.of(loss, graph.gradients(loss, List.of(down)).get(0)))
        : graph.inference(scope, List.of(loss));
  }

  private static byte[] sha256(byte[] bytes) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  @Test
  void mapsBeyondTwoGigabytes() throws IOException {
    Path file = folder.resolve("six.bin");
    long last = (6L << 30) - 2;
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(last + 2);
      out.seek(last);
      out.write(new byte[] {(byte) 0x80, 0x3f});
    }
    try (Scope scope = ENGINE.scope("test")) {
      Tensor whole = Tensor.map(scope, file, DType.BF16);
      assertEquals(Shape.of(3L << 30), whole.shape());
      Tensor end = whole.view(scope, last / 2 - 1, Shape.of(2));
      assertArrayEquals(new float[] {0, 1}, end.to(scope, DType.F32).floats());
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    try (Scope scope = ENGINE.scope("test")) {
      Path none = folder.resolve("none \"quoted\" \\ name");
      TensorException e =
          assertThrows(TensorException.class, () -> Tensor.map(scope, none, DType.F32));
      assertTrue(e.getMessage().contains(none.toString()), e.getMessage());
    }
  }

  @Test
  void aPathMayHaveAnyName() throws IOException {
    Path odd = folder.resolve("a \"b\" \\ ü $x.bin");
    Files.write(odd, new byte[] {1, 2, 3});
    try (Scope scope = ENGINE.scope("test")) {
      Tensor mapped = Tensor.map(scope, odd, DType.U8);
      assertEquals(ByteBuffer.wrap(new byte[] {1, 2, 3}), mapped.bytes());
      assertThrows(TensorException.class, () -> mapped.view(scope, 2, Shape.of(2)));
      assertThrows(TensorException.class, () -> mapped.view(scope, -1, Shape.of(2)));
    }
  }
}
