/**
 * A store of many adapters: the bytes of each tensor are kept once, whichever files have them.
 *
 * <p>A store is a folder. {@code packs} has files of objects, which are the tensors and headers of
 * files, named by their SHA-256; {@code adapters} has a manifest for each adapter, which lists its
 * objects in order. Objects are written before the manifest that names them, each file whole or not
 * at all, so that a process can be killed at any moment.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.store;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
