package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever opens the engine refuses what does not fit. The processes are new ones: in this one a
 * libtorch is loaded already.
 */
class ForeignLibtorchTest {
  @TempDir private Path folder;
  private Path foreign;

  private record Ended(int code, String out, String err) {}

  /** A folder that claims to be another version; loading its files would fail loudly. */
  @BeforeEach
  void makeFolder() throws IOException {
    foreign = Files.createDirectories(folder.resolve("libtorch/lib"));
    for (String library : List.of("torch", "torch_cpu", "c10")) {
      Files.writeString(foreign.resolve(System.mapLibraryName(library)), "no library");
    }
    Files.writeString(folder.resolve("libtorch/build-version"), "2.6.0+cpu\n");
  }

  private Ended lora4j(Map<String, String> settings, Object... arguments) throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command = new ArrayList<>(List.of(java.toString(), "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    File out = folder.resolve("out").toFile();
    File err = folder.resolve("err").toFile();
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out).redirectError(err);
    builder.environment().putAll(settings);
    int code = builder.start().waitFor();
    return new Ended(code, text(out), text(err));
  }

  private static String text(File file) throws IOException {
    return Files.readString(file.toPath(), StandardCharsets.UTF_8);
  }

  private Map<String, String> named() {
    return Map.of("PYTORCH_LIBRARY_PATH", foreign.toString(), "PYTORCH_FLAVOR", "cpu");
  }

  @Test
  void computingCommandsRefuseForeignLibtorch() throws Exception {
    Path pictures = Run.pictures(folder.resolve("pictures"));
    Path output = folder.resolve("a.safetensors");
    String told = "lora4j: " + foreign + " holds libtorch 2.6.0, and this build fits ";
    for (Ended ended :
        List.of(
            lora4j(named(), "generate", "fox", Run.BASE, "-o", folder.resolve("fox.png")),
            lora4j(
                named(),
                "train",
                "--images",
                pictures,
                "-o",
                output,
                Run.BASE,
                "--steps=1",
                "--set=previews.prompts=[]"),
            lora4j(named(), "quickstart", "-o", folder.resolve("q"), Run.BASE, "--steps=1"),
            lora4j(named(), "grid", "fox", "--x=seed=1-2", Run.BASE, "-o", folder.resolve("g")),
            lora4j(
                named(),
                "resize",
                Run.TINY_SD.resolve("lora-kohya.safetensors"),
                output,
                "--rank=2"))) {
      assertEquals(1, ended.code(), ended.toString());
      assertTrue(ended.err().startsWith(told), ended.err());
      assertEquals(1, ended.err().lines().count(), ended.err());
    }
  }

  @Test
  void doctorReportsForeignLibtorchWithARemedy() throws Exception {
    Ended ended = lora4j(named(), "doctor", "--json");
    assertEquals(1, ended.code(), ended.toString());
    String libtorch = finding(ended, "libtorch");
    assertTrue(libtorch.contains(foreign + " holds libtorch 2.6.0"), libtorch);
    assertTrue(libtorch.contains("\"remedy\":\"Name a libtorch "), libtorch);
  }

  @Test
  void doctorChecksTheRequestedDevice() throws Exception {
    Ended ended = lora4j(Map.of(), "doctor", "--device=cuda:99", "--json");
    assertEquals(1, ended.code(), ended.toString());
    String cuda = finding(ended, "cuda:99");
    String expected = Engine.obstacle(Device.cuda(99)).orElseThrow().found();
    assertTrue(cuda.contains(expected), cuda);
  }

  private static String finding(Ended ended, String name) {
    JsonArray all =
        JsonParser.parseString(ended.out()).getAsJsonObject().getAsJsonArray("findings");
    for (JsonElement finding : all) {
      if (finding.getAsJsonObject().get("name").getAsString().equals(name)) {
        return finding.toString();
      }
    }
    return all.toString();
  }

  @Test
  void unusableCardIsRefusedBeforeLoading() throws Exception {
    Ended ended =
        lora4j(
            Map.of(),
            "generate",
            "fox",
            Run.BASE,
            "--device=cuda:99",
            "-o",
            folder.resolve("fox.png"));
    assertEquals(1, ended.code(), ended.toString());
    String expected = Engine.obstacle(Device.cuda(99)).orElseThrow().message();
    assertEquals("lora4j: " + expected, ended.err().strip());
  }

  @Test
  void halfPrecisionIsForCards() {
    Run run =
        Run.of(
            "generate",
            "fox",
            Run.BASE,
            "--device=cpu",
            "--compute=f16",
            "-o",
            folder.resolve("fox.png"));
    assertEquals(2, run.code());
    assertTrue(run.err().contains("not computed in f16 on the CPU"), run.err());
    Run misused = Run.of("generate", "fox", "--device=gpu");
    assertEquals(2, misused.code());
    assertTrue(misused.err().contains("expected cpu, cuda, cuda:N or auto"), misused.err());
  }
}
