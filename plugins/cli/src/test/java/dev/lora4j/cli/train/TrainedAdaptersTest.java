package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import dev.lora4j.cli.adapter.AlteredBase;
import dev.lora4j.cli.adapter.TriedAdapter;
import dev.lora4j.cli.adapter.WithHeader;
import dev.lora4j.cli.model.BundledModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each method gives on each kind of base of pictures is an adapter for every command. */
class TrainedAdaptersTest {
  private static final Path XL = Path.of("../../lora-diffusion/src/test/resources/tiny-xl");

  @TempDir private Path folder;

  private TriedAdapter pictures(String method, Path base, String title) throws IOException {
    boolean peft = TriedAdapter.OF_PEFT.contains(method);
    Path out = folder.resolve(method + "-" + base.getFileName() + (peft ? "" : ".safetensors"));
    Path pictures = Run.pictures(folder.resolve("pictures"));
    boolean points = method.equals(TriedAdapter.LYCORIS_TLORA);
    Run run =
        Run.of(
            "train",
            "--images=" + pictures,
            "-o",
            out,
            "--base=" + base,
            "--method=" + method.split(" ", 2)[0],
            "--set=adapter.settings=" + (points ? "{ form = 'tlora' }" : "{}"),
            "--set=adapter.targets=" + (points ? "attention" : "style"),
            "--set=layout=" + (peft ? "peft" : "kohya"),
            "--compute=f32",
            "--rank=2",
            "--batch=1",
            // One for each of the four LoRAs that are trained in turn.
            "--steps=" + (method.equals("relora") ? 4 : 1),
            "--set=data.resolution=32",
            "--set=data.bucket_reso_steps=16",
            "--set=previews.prompts=[]");
    assertEquals(0, run.code(), run.err());
    return new TriedAdapter(out, method, base, title);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lora",
        "lora-fa",
        "dora",
        "loha",
        "lokr",
        "ia3",
        "full",
        "miss",
        "gralora",
        "hira",
        "hydra",
        "mora",
        "oft",
        "boft",
        "diag-oft",
        "shira",
        "sparse-lora",
        "tlora",
        TriedAdapter.LYCORIS_TLORA,
        "relora",
        "rank-growth",
        "vera"
      })
  void pictureAdapterWorksInEveryCommand(String method) throws IOException {
    TriedAdapter adapter = pictures(method, Run.TINY_SD, "tiny-sd");
    adapter.inspected();
    adapter.converted();
    adapter.computed();
    adapter.baked();
    Path picture = folder.resolve("a.png");
    adapter.used(
        "generate",
        "a ball",
        Run.BASE,
        "--lora=" + adapter.file(),
        "--steps=1",
        "--compute=f32",
        "-o",
        picture);
    assertTrue(Files.exists(picture));
  }

  @ParameterizedTest
  @ValueSource(strings = {"loha", "ia3"})
  void bundledBaseAdapterIsRecognised(String method) throws IOException {
    pictures(method, BundledModel.folder(), "the bundled base emoji-sd").inspected();
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"lora", "dora", "loha", "lokr", "ia3", "full"})
  void adaptersOfOtherPictureModelsAreRecognised(String method) throws IOException {
    pictures(method, XL, "tiny-xl").inspected();
    TriedAdapter bundled = pictures(method, BundledModel.folder(), "the bundled base emoji-sd");
    bundled.inspected();
    bundled.converted();
  }

  /** A copy of a base whose weights have another hash. */
  private Path copy(String name) throws IOException {
    Path copy = folder.resolve(name);
    String weights = "vae/diffusion_pytorch_model.safetensors";
    AlteredBase.copy(copy, weights);
    WithHeader.of(Run.TINY_SD.resolve(weights), Map.of("copy", name), copy.resolve(weights));
    return copy;
  }

  @Test
  void missingBaseIsNamedAndNoOtherClaimed() throws IOException {
    for (String method : List.of("lora", "loha", "ia3", "full")) {
      Path gone = copy("gone-" + method);
      Path file = pictures(method, gone, "").file();
      Files.move(gone, folder.resolve("elsewhere-" + method));
      Run run = Run.of("inspect", file);
      assertTrue(run.out().contains(": adapter for gone-" + method + " (SHA-256 "), run.out());
      assertTrue(run.out().contains("which is not here"), run.out());
      assertFalse(run.out().contains("Stable Diffusion"), run.out());
      JsonObject found = Run.of("inspect", file, "--json").json();
      assertEquals("", found.get("family").getAsString());
      assertFalse(found.getAsJsonObject("trained_on").get("here").getAsBoolean());
      Run named = Run.of("inspect", file, "--base", folder.resolve("elsewhere-" + method));
      assertEquals(0, named.code(), named.out());
    }
  }

  @Test
  void baseOtherThanTheHeadersIsReported() throws IOException {
    Path other = copy("other");
    Path file = pictures("lora", other, "").file();
    List<Object> words =
        new ArrayList<>(List.of("generate", "a ball", "--steps=1", "--compute=f32", "--json"));
    words.addAll(List.of("--lora=" + file, "-o", folder.resolve("a.png"), Run.BASE));
    Run drawn = Run.of(words.toArray());
    assertEquals(0, drawn.code(), drawn.err());
    assertTrue(drawn.err().contains("It was trained on other (SHA-256 "), drawn.err());
    assertTrue(drawn.err().contains("and is used on tiny-sd (SHA-256 "), drawn.err());
    Run baked = Run.of("bake", Run.BASE, file, "-o", folder.resolve("baked"), "--json");
    assertEquals(0, baked.code(), baked.err());
    assertTrue(baked.err().contains("It was trained on other"), baked.err());
    Path own = pictures("lora", Run.TINY_SD, "").file();
    for (String command : List.of("merge", "compare", "mix")) {
      List<Object> both = new ArrayList<>(List.of(command, own, file, "--json"));
      if (!command.equals("compare")) {
        both.addAll(
            List.of("-o", folder.resolve(command.equals("mix") ? "m.png" : "m.safetensors")));
      }
      Run run = Run.of(both.toArray());
      assertEquals(0, run.code(), run.err());
      assertTrue(run.err().contains("was trained on tiny-sd (SHA-256 "), run.err());
      assertTrue(run.err().contains("on other (SHA-256 "), run.err());
    }
    Path emoji = pictures("lora", BundledModel.folder(), "").file();
    Run refused = Run.of("merge", own, emoji, "-o", folder.resolve("n.safetensors"));
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("is for tiny-sd and"), refused.err());
    assertTrue(refused.err().contains("for the bundled base emoji-sd"), refused.err());
  }

  @Test
  void headerContradictedByItsLayersIsReported() throws IOException {
    Path emoji = pictures("loha", BundledModel.folder(), "").file();
    Path own = pictures("lora", Run.TINY_SD, "").file();
    Path file = WithHeader.of(own, emoji, folder.resolve("contradiction.safetensors"));
    Run run = Run.of("inspect", file);
    assertTrue(run.out().contains("The header says that it was trained on base (SHA-"), run.out());
    assertTrue(run.out().contains("most of its layers do not fit that base"), run.out());
  }
}
