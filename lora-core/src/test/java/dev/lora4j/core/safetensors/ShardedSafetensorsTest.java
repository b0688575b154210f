package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several files as one checkpoint, and indexes that lie. */
class ShardedSafetensorsTest {
  private static final String ONE = "m-00001-of-00002.safetensors";
  private static final String TWO = "m-00002-of-00002.safetensors";

  @TempDir Path folder;

  @BeforeEach
  void shards() {
    new SafetensorsWriter()
        .metadata(Map.of("format", "pt", "part", "1"))
        .add("b", DType.U8, Shape.of(2), new byte[] {1, 2})
        .add("unlisted", DType.U8, Shape.of(1), new byte[] {3})
        .write(folder.resolve(ONE));
    new SafetensorsWriter()
        .metadata(Map.of("format", "pt", "part", "2"))
        .add("a", DType.F32, Shape.of(1), new byte[] {4, 5, 6, 7})
        .add("b", DType.U8, Shape.of(1), new byte[] {9})
        .write(folder.resolve(TWO));
  }

  private Path index(String json) {
    try {
      return Files.writeString(
          folder.resolve("m.safetensors.index.json"), json, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path placing(String... places) {
    StringBuilder json = new StringBuilder("{\"metadata\":{\"total_size\":6},\"weight_map\":{");
    for (int i = 0; i < places.length; i += 2) {
      json.append(i == 0 ? "\"" : ",\"").append(places[i]).append("\":\"");
      json.append(places[i + 1]).append('"');
    }
    return index(json.append("}}").toString());
  }

  private static Kind refusal(Path index) {
    return assertThrows(SafetensorsException.class, () -> ShardedSafetensors.open(index).close())
        .kind();
  }

  @Test
  void showsOneCheckpoint() {
    Path index = placing("a", TWO, "b", ONE);
    try (TensorStore whole = TensorStore.open(index)) {
      assertInstanceOf(ShardedSafetensors.class, whole);
      assertEquals(index, whole.path());
      assertEquals(List.of("b", "a"), List.copyOf(whole.tensors().keySet()));
      assertEquals(Map.of("format", "pt", "part", "1"), whole.metadata());
      assertArrayEquals(new byte[] {1, 2}, whole.bytes("b"));
      assertEquals(0x07060504, whole.read("a").getInt());
      assertEquals(5, whole.map("a", 1, 1).get(0));
      ByteBuffer part = ByteBuffer.allocate(1);
      whole.read("a", 3, part);
      assertEquals(7, part.get(0));
      assertEquals(folder.resolve(TWO), whole.fileOf("a"));
      assertEquals(List.of(), whole.warnings());
      assertEquals(
          Kind.NO_SUCH_TENSOR,
          assertThrows(SafetensorsException.class, () -> whole.bytes("unlisted")).kind());
    }
  }

  @Test
  void singleFileOpensAsSafetensors() {
    try (TensorStore single = TensorStore.open(folder.resolve(ONE))) {
      assertInstanceOf(Safetensors.class, single);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "../m.safetensors",
    "/etc/x.safetensors",
    "sub/m.safetensors",
    "..\\\\m.safetensors",
    "C:m.safetensors",
    "m.bin",
    "'\\u0000.safetensors'",
    "'\\u001b[2J.safetensors'",
    "..",
    "''",
  })
  void refusesShardsThatAreNoPlainNames(String name) {
    assertEquals(Kind.BAD_SHARD_NAME, refusal(placing("a", name)));
  }

  @Test
  void refusesIndexesThatDoNotFitTheirShards() {
    assertEquals(Kind.MISSING_SHARD, refusal(placing("a", "other.safetensors")));
    assertEquals(Kind.MISSING_SHARD_TENSOR, refusal(placing("a", ONE)));
    assertEquals(Kind.DUPLICATE_NAME, refusal(placing("a", TWO, "a", ONE)));
    assertEquals(Kind.BAD_NAME, refusal(placing("a\\u0000", TWO)));
  }

  @Test
  void invalidIndexesAreRefused() {
    assertEquals(Kind.BAD_INDEX, refusal(index("{}")));
    assertEquals(Kind.HEADER_NOT_JSON, refusal(index("")));
    assertEquals(Kind.HEADER_NOT_JSON, refusal(index("{\"weight_map\":{}} x")));
    assertEquals(Kind.HEADER_NOT_UTF8, refusal(index("{\"weight_map\":{\"\u00e9\":\"\"}}")));
    assertEquals(Kind.WRONG_TYPE, refusal(index("{\"weight_map\":[]}")));
    assertEquals(Kind.WRONG_TYPE, refusal(index("{\"weight_map\":{\"a\":1}}")));
    assertEquals(Kind.DUPLICATE_NAME, refusal(index("{\"weight_map\":{},\"weight_map\":{}}")));
    assertEquals(Kind.TOO_DEEP, refusal(index("{\"metadata\":" + "[".repeat(10_000))));
    assertEquals(Kind.IS_HTML, refusal(index("<!doctype html><p>Sign in")));
    assertEquals(Kind.IS_LFS_POINTER, refusal(index("version https://git-lfs.github.com/spec/v1")));
    assertEquals(Kind.IS_OTHER_FORMAT, refusal(index("Entry not found")));
    assertEquals(Kind.IO, refusal(folder.resolve("none.json")));
  }

  @Test
  void refusesADamagedShardAndClosesTheOthers() throws IOException {
    Files.write(folder.resolve(TWO), new byte[3]);
    assertEquals(Kind.FILE_TOO_SHORT, refusal(placing("b", ONE, "a", TWO)));
  }

  @Test
  void refusesLinksOutOfTheFolder(@TempDir Path elsewhere) throws IOException {
    Path target = Files.move(folder.resolve(TWO), elsewhere.resolve(TWO));
    Files.createSymbolicLink(folder.resolve(TWO), target);
    assertEquals(Kind.BAD_SHARD_NAME, refusal(placing("a", TWO)));
  }

  @Test
  void followsTheLinksOfTheHubsCache() throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("hub/blobs"));
    Path snapshot = Files.createDirectories(folder.resolve("hub/snapshots/abc/unet"));
    Path index = Files.move(placing("a", TWO), blobs.resolve("0123"));
    Files.move(folder.resolve(TWO), blobs.resolve("4567"));
    Path up = Path.of("../../../blobs");
    Path link = snapshot.resolve("m.safetensors.index.json");
    Files.createSymbolicLink(link, up.resolve(index.getFileName()));
    Files.createSymbolicLink(snapshot.resolve(TWO), up.resolve("4567"));
    try (ShardedSafetensors whole = ShardedSafetensors.open(link)) {
      assertEquals(4, whole.bytes("a")[0]);
    }
  }
}
