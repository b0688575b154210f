package dev.lora4j.cli.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCommandTest {
  private static final Path FIRST = Run.TINY_SD.resolve("lora-kohya.safetensors");
  private static final Path SECOND = Run.TINY_SD.resolve("lora-kohya-2.safetensors");

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init")
  private Path store;

  @BeforeEach
  void add() {
    store = folder.resolve("all.store");
    Run run = Run.of("store", "add", store, FIRST, SECOND);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("lora-kohya-2: "), run.out());
  }

  @Test
  void filesComeOutAsTheyWere() throws IOException {
    Path out = folder.resolve("new/out.safetensors");
    Run run = Run.of("store", "get", store, "lora-kohya", "-o", out);
    assertEquals(0, run.code(), run.err());
    assertArrayEquals(Files.readAllBytes(FIRST), Files.readAllBytes(out));
    assertEquals(2, Run.of("store", "get", store, "lora-kohya").code());
    assertEquals(
        2, Run.of("store", "get", store, "lora-kohya", "-o", folder.resolve("a.txt")).code());
    Run none = Run.of("store", "get", store, "lora-kohia", "-o", out);
    assertEquals(1, none.code());
    assertTrue(none.err().contains("nearest: lora-kohya"), none.err());
  }

  @Test
  void whatIsThereIsListedAndCounted() throws IOException {
    JsonObject list = Run.of("store", "list", store, "--json").json();
    JsonObject first = list.getAsJsonArray("adapters").get(0).getAsJsonObject();
    assertEquals("lora-kohya", first.get("name").getAsString());
    assertEquals(Files.size(FIRST), first.get("bytes").getAsLong());
    assertEquals(2, Run.of("store", "list", store).out().lines().count());
    JsonObject stats = Run.of("store", "stats", store, "--json").json();
    assertEquals(2, stats.get("adapters").getAsInt());
    assertEquals(Files.size(FIRST) + Files.size(SECOND), stats.get("bytes").getAsLong());
    assertTrue(Run.of("store", "stats", store).out().startsWith("2 adapters, "));
    JsonObject again = Run.of("store", "add", store, FIRST, "--json").json();
    JsonObject added = again.getAsJsonArray("adapters").get(0).getAsJsonObject();
    assertTrue(added.get("unchanged").getAsBoolean());
    Run copy = Run.of("store", "add", store, FIRST, "--name", "copy");
    assertTrue(copy.out().contains("of it new 0 bytes"), copy.out());
  }

  @Test
  void damageIsAnExitCode() throws IOException {
    assertEquals(0, Run.of("store", "verify", store).code());
    Path pack;
    try (Stream<Path> packs = Files.list(store.resolve("packs"))) {
      pack = packs.findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(pack);
    bytes[bytes.length / 3] ^= 1;
    Files.write(pack, bytes);
    Run run = Run.of("store", "verify", store);
    assertEquals(1, run.code());
    assertTrue(run.out().contains("packs/" + pack.getFileName()), run.out());
    JsonObject json = Run.of("store", "verify", store, "--json").json();
    assertFalse(json.getAsJsonArray("damages").isEmpty());
    assertEquals(0, Run.of("store", "add", store, FIRST, SECOND).code());
    assertEquals(0, Run.of("store", "verify", store).code());
  }

  @Test
  void whatIsRemovedIsFree() {
    Run run = Run.of("store", "remove", store, "lora-kohya");
    assertEquals(0, run.code(), run.err());
    assertFalse(run.out().startsWith("0 bytes"), run.out());
    assertEquals(1, Run.of("store", "remove", store, "lora-kohya").code());
    assertEquals("0 bytes are free again.\n", Run.of("store", "collect", store).out());
    assertEquals(1, Run.of("store", "list", store).out().lines().count());
  }

  @Test
  void wrongCommandLinesSaySo() {
    assertEquals(2, Run.of("store").code());
    assertEquals(2, Run.of("store", "add", store, FIRST, SECOND, "--name", "both").code());
    assertEquals(2, Run.of("store", "add", store, FIRST, FIRST).code());
    Run other = Run.of("store", "add", store, SECOND, "--name", "lora-kohya");
    assertEquals(1, other.code());
    assertTrue(other.err().contains("--replace"), other.err());
    Run none = Run.of("store", "list", folder);
    assertEquals(1, none.code());
    assertTrue(none.err().contains("no store"), none.err());
  }

  /** The names that --lora takes of a store give what the files give. */
  @Test
  void adaptersOfAStoreAreUsedByName() throws IOException {
    Path files = folder.resolve("files.safetensors");
    Path names = folder.resolve("names.safetensors");
    List<Object> words = List.of("merge", Run.BASE, "--rank", "4", "-o");
    merge(words, files, FIRST + ":0.7", SECOND + ":0.3");
    merge(
        words,
        names,
        store.resolve("lora-kohya") + ":0.7",
        store + "/lora-kohya-2.safetensors:0.3");
    Run compared = Run.of("compare", files, names, Run.BASE, "--json");
    JsonObject total = compared.json().getAsJsonObject("total");
    assertEquals(0, total.get("distance").getAsDouble(), 1e-6);
    assertTrue(total.get("normA").getAsDouble() > 0);
    Run none = Run.of("merge", Run.BASE, store.resolve("lora-koya"), FIRST, "-o", files);
    assertEquals(2, none.code());
    assertTrue(none.err().contains("nearest: lora-kohya"), none.err());
  }

  @Test
  void commandsThatReadAnAdapterTakeNamesOfAStore() throws IOException {
    Path name = store.resolve("lora-kohya");
    Run inspected = Run.of("inspect", name, Run.BASE, "--json");
    assertEquals(0, inspected.code(), inspected.err());
    Run compared = Run.of("compare", name, FIRST, Run.BASE, "--json");
    JsonObject total = compared.json().getAsJsonObject("total");
    assertEquals(0, total.get("distance").getAsDouble(), 1e-6);
    Path converted = folder.resolve("converted.safetensors");
    Run written = Run.of("convert", name, converted, "--to=kohya", Run.BASE);
    assertEquals(0, written.code(), written.err());
    assertTrue(Files.exists(converted));
    Run none = Run.of("inspect", store.resolve("lora-koya"));
    assertEquals(2, none.code());
    assertTrue(none.err().contains("nearest: lora-kohya"), none.err());
  }

  private static void merge(List<Object> words, Path out, String first, String second) {
    Object[] all = Stream.concat(words.stream(), Stream.of(out, first, second)).toArray();
    Run run = Run.of(all);
    assertEquals(0, run.code(), run.err());
  }

  @Test
  void picturesAreMadeWithAdaptersOfAStore() throws IOException {
    Path one = folder.resolve("one.png");
    Path other = folder.resolve("other.png");
    generate(one, FIRST.toString());
    generate(other, store + "/lora-kohya");
    assertArrayEquals(pixels(one), pixels(other));
  }

  private static void generate(Path out, String lora) {
    Run run =
        Run.of(
            "generate",
            "a ball",
            Run.BASE,
            "--lora",
            lora + ":0.8",
            "--steps",
            2,
            "--size",
            "32x32",
            "--seed",
            3,
            "-o",
            out);
    assertEquals(0, run.code(), run.err());
  }

  private static int[] pixels(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
