package dev.lora4j.core.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.FileMapping;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.optimizer.AdamW8bit;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import dev.lora4j.core.train.optimizer.Optimizers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MappedSlotsTest {
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<Optimizer> optimizers() {
    return Optimizers.all().stream();
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void stepsHaveTheBitsOfThoseInMemory(Optimizer optimizer, @TempDir Path folder) {
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, optimizer, true)) {
      TrainingState memory = problem.begin(SlotStorage.MEMORY);
      TrainingState mapped = problem.begin(SlotStorage.mapped(folder));
      assertEquals(memory.contents(), mapped.contents());
      TrainingRun inMemory = problem.bind(memory);
      TrainingRun inFile = problem.bind(mapped);
      for (int i = 1; i <= 5; i++) {
        problem.step(inMemory, 0.01, LargeProblem.gradient(i));
        problem.step(inFile, 0.01, LargeProblem.gradient(i));
      }
      assertEquals(memory.contents(), mapped.contents());
      assertEquals(
          HostTensor.of(memory.evaluationWeights(scope)),
          HostTensor.of(mapped.evaluationWeights(scope)));
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void runResumesFromOneIntoTheOther(Optimizer optimizer, @TempDir Path folder) {
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, optimizer, true)) {
      TrainingState whole = problem.begin(SlotStorage.mapped(folder));
      TrainingRun run = problem.bind(whole);
      Path file = folder.resolve("step-000002.safetensors");
      for (int i = 1; i <= 4; i++) {
        problem.step(run, 0.01, LargeProblem.gradient(i));
        if (i == 2) {
          TrainingCheckpoint.of(whole, 0).write(file);
        }
      }
      TrainingCheckpoint read = TrainingCheckpoint.read(file);
      for (SlotStorage storage : List.of(SlotStorage.MEMORY, SlotStorage.mapped(folder))) {
        TrainingState resumed = read.restore(scope, problem.step(), problem.layout(), storage);
        assertEquals(read.tensors(), resumed.contents());
        TrainingRun rest = problem.bind(resumed);
        for (int i = 3; i <= 4; i++) {
          problem.step(rest, 0.01, LargeProblem.gradient(i));
        }
        assertEquals(whole.contents(), resumed.contents());
      }
    }
  }

  /** A page of a shared mapping is the file's, in the system's cache, and no anonymous memory. */
  @Test
  void slotsArePagesOfTheFile(@TempDir Path folder) throws IOException {
    List<FileMapping> before = FileMapping.in(folder);
    assertEquals(List.of(), before);
    long bytes = 0;
    for (OptimizerSlot slot : AdamW.DEFAULT.memories()) {
      bytes += slot.bytes(Shape.of(LargeProblem.LENGTH), DType.F32);
    }
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, AdamW.DEFAULT, true)) {
      TrainingState state = problem.begin(SlotStorage.mapped(folder));
      TrainingRun run = problem.bind(state);
      problem.step(run, 0.01, LargeProblem.gradient(1));
      if (FileMapping.told()) {
        List<FileMapping> all = FileMapping.in(folder);
        assertEquals(1, all.size(), all.toString());
        assertTrue(all.get(0).resident() >= bytes / 1024, all + " for " + bytes);
        assertEquals(0, all.get(0).anonymous());
      }
    }
    assertEquals(List.of(), FileMapping.in(folder));
    assertArrayEquals(new String[0], folder.toFile().list());
  }

  @Test
  void changeInPlaceIsAChangeOfTheFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("numbers");
    Files.write(file, new byte[16]);
    try (Scope scope = ENGINE.scope("test")) {
      Tensor numbers = Tensor.mapShared(scope, file, DType.F32);
      Graph graph = new Graph();
      Expr target = graph.input("target", DType.F32, numbers.shape());
      graph.effect("fill_", target, 1.5);
      try (Program program = graph.inference(scope, List.of(target.sum()))) {
        assertEquals(6, program.run(scope, List.of(numbers)).get(0).floats()[0]);
      }
      assertArrayEquals(new float[] {1.5f, 1.5f, 1.5f, 1.5f}, numbers.floats());
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(1.5f, bytes.getFloat(12));
  }

  @Test
  void fileThatAKilledRunLeftIsRemovedAndHindersNothing(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("optimizer-state-123.mapped"), "half a fi");
    assertTrue(new CheckpointFolder(folder, 1).newest().checkpoint().isEmpty());
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, AdamW8bit.DEFAULT, true)) {
      TrainingState state = problem.begin(SlotStorage.mapped(folder));
      assertTrue(state.contents().values().stream().allMatch(HostTensor::finite));
    }
    assertArrayEquals(new String[0], folder.toFile().list());
  }

  @Test
  void diskWithoutRoomIsToldBeforeTheFirstStep(@TempDir Path folder) {
    FirstValues slot = new FirstValues(DType.F32, Shape.of(1L << 50), Optional.empty());
    try (Scope scope = ENGINE.scope("test")) {
      SlotStorage storage = SlotStorage.mapped(folder);
      String message =
          assertThrows(TensorException.class, () -> storage.tensors(scope, Map.of("mean", slot)))
              .getMessage();
      assertTrue(message.contains("takes 4,503,599,627.4 MB in " + folder), message);
      assertTrue(message.contains("MB are free"), message);
      assertTrue(message.contains("state = \"memory\""), message);
    }
    assertArrayEquals(new String[0], folder.toFile().list());
  }

  @Test
  void folderThatIsAFileIsTold(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("checkpoints"));
    try (Scope scope = ENGINE.scope("test");
        LargeProblem problem = new LargeProblem(scope, AdamW.DEFAULT, true)) {
      String message =
          assertThrows(TensorException.class, () -> problem.begin(SlotStorage.mapped(file)))
              .getMessage();
      assertTrue(message.contains(file.toString()), message);
    }
  }
}
