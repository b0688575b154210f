package dev.lora4j.studio.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.cli.Main;
import dev.lora4j.core.format.Family;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlendTest {
  @TempDir static Path root;
  private static RunningStudio studio;

  @BeforeAll
  static void open() throws IOException {
    studio = new RunningStudio(root);
    Family base = studio.models().pictures().get(0).base().family();
    Path folder = studio.adapters();
    RandomAdapters.write(folder.resolve("ink.safetensors"), base, "attn", 1, 0.25f, Map.of());
    RandomAdapters.write(folder.resolve("wash.safetensors"), base, "", 2, 0.15f, Map.of());
  }

  @AfterAll
  static void close() {
    studio.close();
  }

  private static String region() throws Exception {
    BufferedImage left = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < 16 * 8; i++) {
      left.setRGB(i % 8, i / 8, 0xffe0e0ff);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(left, "png", png);
    JsonObject sent = new JsonObject();
    sent.addProperty("png", Base64.getEncoder().encodeToString(png.toByteArray()));
    RunningStudio.Answer answer = studio.post("/studio/regions", sent);
    assertEquals(200, answer.status(), answer::text);
    return answer.json().get("id").getAsString();
  }

  private static void same(String blend) throws Exception {
    RunningStudio.Answer picture = studio.post("/studio/picture", blend);
    assertEquals(200, picture.status(), picture::text);
    RunningStudio.Answer command = studio.post("/studio/actions/generate/command", blend);
    assertEquals(200, command.status(), command::text);
    List<String> words = new ArrayList<>();
    for (JsonElement word : command.json().getAsJsonArray("arguments")) {
      words.add(word.getAsString());
    }
    Path file = root.resolve("again.png");
    words.set(words.indexOf("-o") + 1, file.toString());
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.out.println(command.json().get("command"));
    int code =
        Main.run(
            new PrintStream(new ByteArrayOutputStream()),
            new PrintStream(err),
            words.toArray(String[]::new));
    assertEquals(0, code, () -> err.toString(StandardCharsets.UTF_8));
    assertArrayEquals(Files.readAllBytes(file), picture.bytes(), words::toString);
  }

  @Test
  void pictureIsThatOfItsCommandLine() throws Exception {
    same("{'prompt': 'a fox', 'seed': 7, 'steps': 4}");
    same(
        "{'prompt': 'a fox', 'seed': 7, 'steps': 4, 'adapters': [{'name': 'glossy', 'weight':"
            + " '0.7'}]}");
    same(
        "{'prompt': 'a fox', 'seed': 7, 'steps': 4, 'adapters': [{'name': 'ink', 'weight':"
            + " '0@0,1@0.5,0.2@1:cosine'}, {'name': 'glossy', 'weight': '0.4:0.5-1'}]}");
    same(
        "{'prompt': 'a fox', 'seed': 8, 'steps': 4, 'adapters': [{'name': 'wash', 'weight': 0.5,"
            + " 'text': 0.1, 'blocks': 'BASE:0.3,IN:0.5,OUT03:0'}], 'route': 'unmerged'}");
    same(
        "{'prompt': 'a fox', 'seed': 9, 'steps': 4, 'adapters': [{'name': 'ink', 'region': '"
            + region()
            + "'}, {'name': 'glossy', 'weight': '-0.3'}]}");
    same(
        "{'prompt': 'a fox', 'seed': 9, 'steps': 4, 'mixer': 'ties:density=0.5', 'adapters':"
            + " [{'name': 'ink'}, {'name': 'glossy'}]}");
    same(
        "{'prompt': 'a fox', 'seed': 9, 'steps': 4, 'mixer': 'switch:tau=2', 'adapters':"
            + " [{'name': 'ink'}, {'name': 'glossy'}, {'name': 'wash', 'on': false}]}");
    same(
        "{'prompt': '--json <lora:glossy:0.5:0.9>', 'negative': '@fox', 'seed': -4, 'steps': 5,"
            + " 'guidance': 4.5, 'sampler': 'euler', 'schedule': 'karras', 'width': 80, 'height':"
            + " 48, 'route': 'merged'}");
  }
}
