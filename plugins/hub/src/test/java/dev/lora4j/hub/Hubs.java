package dev.lora4j.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Replies of the two hubs' interfaces, in the form that they have. */
public final class Hubs {
  public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private Hubs() {}

  /**
   * A repository on Hugging Face: its list, and its files, of which the large ones lie at the other
   * host.
   */
  public static void huggingFace(HubServer server, String repository, Map<String, byte[]> files) {
    huggingFace(server, repository, files, new JsonObject());
  }

  public static void huggingFace(
      HubServer server, String repository, Map<String, byte[]> files, JsonObject card) {
    JsonArray siblings = new JsonArray();
    new TreeMap<>(files)
        .forEach(
            (path, content) -> {
              boolean large = path.endsWith(".safetensors");
              siblings.add(sibling(path, content, large));
              String address = "/" + repository + "/resolve/" + COMMIT + "/" + path;
              String digest = TestAdapters.sha256(content);
              if (large) {
                server.at(
                    address,
                    HubServer.redirect(
                        302,
                        server.other() + "/cdn/" + digest,
                        "X-Linked-Etag",
                        "\"" + digest + "\"",
                        "X-Repo-Commit",
                        COMMIT));
                server.file("/cdn/" + digest, content, "\"" + digest + "\"");
              } else {
                server.file(address, content, "\"blob\"");
              }
            });
    JsonObject model = new JsonObject();
    model.addProperty("id", repository);
    model.addProperty("sha", COMMIT);
    model.addProperty("author", repository.replaceFirst("/.*", ""));
    model.addProperty("gated", false);
    model.add("siblings", siblings);
    model.add("cardData", card);
    server.json("/api/models/" + repository + "/revision/main?blobs=true", model.toString());
  }

  private static JsonObject sibling(String path, byte[] content, boolean large) {
    JsonObject one = new JsonObject();
    one.addProperty("rfilename", path);
    one.addProperty("size", content.length);
    if (large) {
      JsonObject lfs = new JsonObject();
      lfs.addProperty("sha256", TestAdapters.sha256(content));
      lfs.addProperty("size", content.length);
      lfs.addProperty("pointerSize", 134);
      one.add("lfs", lfs);
    }
    return one;
  }

  /** A model on Civitai with one version, whose file lies at the other host. */
  public static void civitai(
      HubServer server, long model, long version, String file, byte[] bytes) {
    server.json("/api/v1/models/" + model, civitaiModel(server, model, version, file, bytes));
    server.json(
        "/api/v1/model-versions/" + version,
        "{\"id\":" + version + ",\"modelId\":" + model + ",\"name\":\"v1\"}");
    server.redirect(
        "/api/download/models/" + version, 307, server.other() + "/r2/" + version + "?sig=secret");
    server.file("/r2/" + version + "?sig=secret", bytes, "\"r2\"");
    server.at("/picture.png", HubServer.whole(png(), "Content-Type", "image/png"));
  }

  public static String civitaiModel(
      HubServer server, long model, long version, String file, byte[] bytes) {
    return """
        {"id": %d, "name": "Ink & Brush", "type": "LORA", "nsfw": false,
         "description": "<p>Draws with <b>ink</b>.</p><script>alert(1)</script><p>Use 0.8 &amp; less.</p>",
         "allowNoCredit": false, "allowCommercialUse": ["Image", "RentCivit"],
         "allowDerivatives": true, "allowDifferentLicense": false,
         "creator": {"username": "painter"}, "tags": ["style"],
         "modelVersions": [{
           "id": %d, "name": "v1", "baseModel": "SD 1.5", "trainedWords": ["ink drawing", "brush"],
           "description": null, "availability": "Public",
           "images": [
             {"url": "%s/unfit.png", "type": "image", "nsfwLevel": 8},
             {"url": "%s/film.mp4", "type": "video", "nsfwLevel": 1},
             {"url": "%s/picture.png", "type": "image", "nsfwLevel": 1}],
           "files": [{
             "id": 5, "name": "%s", "type": "Model", "sizeKB": %s, "primary": true,
             "metadata": {"format": "SafeTensor", "size": null, "fp": "fp16"},
             "hashes": {"AutoV2": "ABCDEF0123", "SHA256": "%s"},
             "downloadUrl": "https://civitai.com/api/download/models/%d"}]}]}
        """
        .formatted(
            model,
            version,
            server.other(),
            server.other(),
            server.other(),
            file,
            Double.toString(bytes.length / 1024.0),
            TestAdapters.sha256(bytes).toUpperCase(java.util.Locale.ROOT),
            version);
  }

  /** The beginning of a picture; its pixels are nobody's business here. */
  public static byte[] png() {
    return "\u0089PNG\r\n\u001a\n0123456789".getBytes(StandardCharsets.ISO_8859_1);
  }
}
