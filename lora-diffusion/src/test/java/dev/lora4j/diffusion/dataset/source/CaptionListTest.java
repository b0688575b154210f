package dev.lora4j.diffusion.dataset.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptionListTest {
  @TempDir Path folder;

  private CaptionList read(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    return CaptionList.read(file, ",");
  }

  @Test
  void huggingFacesLinesAreRead() throws IOException {
    CaptionList list =
        read(
            "metadata.jsonl",
            """
            {"file_name": "fox.png", "text": " a fox "}

            {"file_name": "train/hen.png", "prompt": "a hen", "more": [1]}
            """);
    assertEquals(Map.of("fox.png", "a fox", "train/hen.png", "a hen"), list.byPath());
    assertEquals(List.of(), list.problems());
  }

  @Test
  void kohyasObjectIsRead() throws IOException {
    CaptionList list =
        read(
            "meta.json",
            "{\"/data/fox.png\": {\"caption\": \"a fox\", \"tags\": \"red, fur\"},"
                + " \"hen\": {\"tags\": \"hen\"}}");
    assertEquals(Map.of("/data/fox.png", "a fox, red, fur", "hen", "hen"), list.byPath());
  }

  @Test
  void kohyasLinesAreRead() throws IOException {
    CaptionList list =
        read(
            "all.jsonl",
            """
            {"image_path": "C:\\\\data\\\\fox.png", "caption": "a fox\\nred", "tags": "fur"}
            {"image_path": "a/1.png", "caption": "", "tags": "hen,\\nwhite", "image_size": [8, 8]}
            {"image_path": "b/1.png", "caption": "another"}
            """);
    assertEquals(List.of(), list.problems());
    assertEquals(
        Map.of(
            "C:/data/fox.png",
            "a fox, fur\nred, fur",
            "a/1.png",
            "hen,, white",
            "b/1.png",
            "another"),
        list.byPath());
  }

  @Test
  void invalidLinesAreReportedByNumber() throws IOException {
    CaptionList list =
        read(
            "metadata.jsonl",
            "{\"file_name\": \"a.png\"}\nnone\n{\"file_name\": \"b.png\", \"text\": \"b\"}\n"
                + "{\"file_name\": \"b.png\", \"text\": \"c\"}");
    assertEquals(Map.of("b.png", "b"), list.byPath());
    assertEquals(
        List.of(
            "says no file_name or no text in line 1.",
            "has no JSON object in line 2.",
            "says b.png a second time in line 4."),
        list.problems());
  }

  @Test
  void filesThatAreNoListAreReported() throws IOException {
    assertTrue(read("a.json", "[1]").problems().get(0).startsWith("is no JSON object"));
    assertTrue(read("b.json", "{\"a\": 1}").problems().get(0).startsWith("is no JSON object"));
    assertTrue(read("c.jsonl", "\u00e9").problems().get(0).startsWith("is not UTF-8 text"));
    CaptionList absent = CaptionList.read(folder.resolve("absent.json"), ",");
    assertTrue(absent.problems().get(0).startsWith("cannot be read"));
  }
}
