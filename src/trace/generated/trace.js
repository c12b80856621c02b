/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const mmreplay = $root.mmreplay = (() => {

    /**
     * Namespace mmreplay.
     * @exports mmreplay
     * @namespace
     */
    const mmreplay = {};

    mmreplay.trace = (function() {

        /**
         * Namespace trace.
         * @memberof mmreplay
         * @namespace
         */
        const trace = {};

        trace.Header = (function() {

            /**
             * Properties of a Header.
             * @typedef {Object} mmreplay.trace.Header.$Properties
             * @property {string|null} [name] Header name
             * @property {mmreplay.trace.Facts.$Properties|null} [facts] Header facts
             * @property {number|null} [events] Header events
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Header.
             * @memberof mmreplay.trace
             * @interface IHeader
             * @augments mmreplay.trace.Header.$Properties
             * @deprecated Use mmreplay.trace.Header.$Properties instead.
             */

            /**
             * Shape of a Header.
             * @typedef {mmreplay.trace.Header.$Properties} mmreplay.trace.Header.$Shape
             */

            /**
             * Constructs a new Header.
             * @memberof mmreplay.trace
             * @classdesc Represents a Header.
             * @constructor
             * @param {mmreplay.trace.Header.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Header = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Header name.
             * @member {string} name
             * @memberof mmreplay.trace.Header
             * @instance
             */
            Header.prototype.name = "";

            /**
             * Header facts.
             * @member {mmreplay.trace.Facts.$Properties|null|undefined} facts
             * @memberof mmreplay.trace.Header
             * @instance
             */
            Header.prototype.facts = null;

            /**
             * Header events.
             * @member {number} events
             * @memberof mmreplay.trace.Header
             * @instance
             */
            Header.prototype.events = 0;

            /**
             * Encodes the specified Header message. Does not implicitly {@link mmreplay.trace.Header.verify|verify} messages.
             * @function encode
             * @memberof mmreplay.trace.Header
             * @static
             * @param {mmreplay.trace.Header.$Properties} message Header message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Header.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
                if (message.facts != null && $Object.hasOwnProperty.call(message, "facts"))
                    $root.mmreplay.trace.Facts.encode(message.facts, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.events != null && $Object.hasOwnProperty.call(message, "events") && message.events !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.events);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Header message from the specified reader or buffer.
             * @function decode
             * @memberof mmreplay.trace.Header
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {mmreplay.trace.Header & mmreplay.trace.Header.$Shape} Header
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Header.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.mmreplay.trace.Header();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.facts = $root.mmreplay.trace.Facts.decode(reader, reader.size(), $undefined, _depth + 1, message.facts);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.events = value;
                            else
                                delete message.events;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Header;
        })();

        trace.Facts = (function() {

            /**
             * Properties of a Facts.
             * @typedef {Object} mmreplay.trace.Facts.$Properties
             * @property {string|null} [kernel] Facts kernel
             * @property {string|null} [policy] Facts policy
             * @property {string|null} [arch] Facts arch
             * @property {number|null} [pageSize] Facts pageSize
             * @property {number|null} [taskSizeBits] Facts taskSizeBits
             * @property {string|null} [recorder] Facts recorder
             * @property {string|null} [command] Facts command
             * @property {boolean|null} [aslr] Facts aslr
             * @property {boolean|null} [legacyLayout] Facts legacyLayout
             * @property {number|null} [stackLimit] Facts stackLimit
             * @property {boolean|null} [stackUnlimited] Facts stackUnlimited
             * @property {number|null} [mmapMinAddr] Facts mmapMinAddr
             * @property {number|null} [maxMapCount] Facts maxMapCount
             * @property {number|null} [mmapRndBits] Facts mmapRndBits
             * @property {number|null} [stackGuardGap] Facts stackGuardGap
             * @property {string|null} [thpEnabled] Facts thpEnabled
             * @property {string|null} [shmemEnabled] Facts shmemEnabled
             * @property {mmreplay.trace.Settings.$Properties|null} [shmemSizes] Facts shmemSizes
             * @property {mmreplay.trace.Settings.$Properties|null} [thpSizes] Facts thpSizes
             * @property {mmreplay.trace.Devices.$Properties|null} [devices] Facts devices
             * @property {Array.<string>|null} [inferred] Facts inferred
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Facts.
             * @memberof mmreplay.trace
             * @interface IFacts
             * @augments mmreplay.trace.Facts.$Properties
             * @deprecated Use mmreplay.trace.Facts.$Properties instead.
             */

            /**
             * Shape of a Facts.
             * @typedef {mmreplay.trace.Facts.$Properties} mmreplay.trace.Facts.$Shape
             */

            /**
             * Constructs a new Facts.
             * @memberof mmreplay.trace
             * @classdesc Represents a Facts.
             * @constructor
             * @param {mmreplay.trace.Facts.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Facts = function (properties) {
                this.inferred = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Facts kernel.
             * @member {string|null|undefined} kernel
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.kernel = null;

            /**
             * Facts policy.
             * @member {string|null|undefined} policy
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.policy = null;

            /**
             * Facts arch.
             * @member {string|null|undefined} arch
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.arch = null;

            /**
             * Facts pageSize.
             * @member {number} pageSize
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.pageSize = 0;

            /**
             * Facts taskSizeBits.
             * @member {number|null|undefined} taskSizeBits
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.taskSizeBits = null;

            /**
             * Facts recorder.
             * @member {string} recorder
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.recorder = "";

            /**
             * Facts command.
             * @member {string|null|undefined} command
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.command = null;

            /**
             * Facts aslr.
             * @member {boolean|null|undefined} aslr
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.aslr = null;

            /**
             * Facts legacyLayout.
             * @member {boolean|null|undefined} legacyLayout
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.legacyLayout = null;

            /**
             * Facts stackLimit.
             * @member {number|null|undefined} stackLimit
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.stackLimit = null;

            /**
             * Facts stackUnlimited.
             * @member {boolean} stackUnlimited
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.stackUnlimited = false;

            /**
             * Facts mmapMinAddr.
             * @member {number|null|undefined} mmapMinAddr
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.mmapMinAddr = null;

            /**
             * Facts maxMapCount.
             * @member {number|null|undefined} maxMapCount
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.maxMapCount = null;

            /**
             * Facts mmapRndBits.
             * @member {number|null|undefined} mmapRndBits
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.mmapRndBits = null;

            /**
             * Facts stackGuardGap.
             * @member {number|null|undefined} stackGuardGap
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.stackGuardGap = null;

            /**
             * Facts thpEnabled.
             * @member {string|null|undefined} thpEnabled
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.thpEnabled = null;

            /**
             * Facts shmemEnabled.
             * @member {string|null|undefined} shmemEnabled
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.shmemEnabled = null;

            /**
             * Facts shmemSizes.
             * @member {mmreplay.trace.Settings.$Properties|null|undefined} shmemSizes
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.shmemSizes = null;

            /**
             * Facts thpSizes.
             * @member {mmreplay.trace.Settings.$Properties|null|undefined} thpSizes
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.thpSizes = null;

            /**
             * Facts devices.
             * @member {mmreplay.trace.Devices.$Properties|null|undefined} devices
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.devices = null;

            /**
             * Facts inferred.
             * @member {Array.<string>} inferred
             * @memberof mmreplay.trace.Facts
             * @instance
             */
            Facts.prototype.inferred = $util.emptyArray;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_kernel", {
                get: $util.oneOfGetter($oneOfFields = ["kernel"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_policy", {
                get: $util.oneOfGetter($oneOfFields = ["policy"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_arch", {
                get: $util.oneOfGetter($oneOfFields = ["arch"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_taskSizeBits", {
                get: $util.oneOfGetter($oneOfFields = ["taskSizeBits"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_command", {
                get: $util.oneOfGetter($oneOfFields = ["command"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_aslr", {
                get: $util.oneOfGetter($oneOfFields = ["aslr"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_legacyLayout", {
                get: $util.oneOfGetter($oneOfFields = ["legacyLayout"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_stackLimit", {
                get: $util.oneOfGetter($oneOfFields = ["stackLimit"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_mmapMinAddr", {
                get: $util.oneOfGetter($oneOfFields = ["mmapMinAddr"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_maxMapCount", {
                get: $util.oneOfGetter($oneOfFields = ["maxMapCount"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_mmapRndBits", {
                get: $util.oneOfGetter($oneOfFields = ["mmapRndBits"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_stackGuardGap", {
                get: $util.oneOfGetter($oneOfFields = ["stackGuardGap"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_thpEnabled", {
                get: $util.oneOfGetter($oneOfFields = ["thpEnabled"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Facts.prototype, "_shmemEnabled", {
                get: $util.oneOfGetter($oneOfFields = ["shmemEnabled"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Facts message. Does not implicitly {@link mmreplay.trace.Facts.verify|verify} messages.
             * @function encode
             * @memberof mmreplay.trace.Facts
             * @static
             * @param {mmreplay.trace.Facts.$Properties} message Facts message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Facts.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kernel != null && $Object.hasOwnProperty.call(message, "kernel"))
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.kernel);
                if (message.policy != null && $Object.hasOwnProperty.call(message, "policy"))
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.policy);
                if (message.arch != null && $Object.hasOwnProperty.call(message, "arch"))
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.arch);
                if (message.pageSize != null && $Object.hasOwnProperty.call(message, "pageSize") && !$Object.is(message.pageSize, 0))
                    writer.uint32(/* id 4, wireType 1 =*/33).double(message.pageSize);
                if (message.taskSizeBits != null && $Object.hasOwnProperty.call(message, "taskSizeBits"))
                    writer.uint32(/* id 5, wireType 1 =*/41).double(message.taskSizeBits);
                if (message.recorder != null && $Object.hasOwnProperty.call(message, "recorder") && message.recorder !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.recorder);
                if (message.command != null && $Object.hasOwnProperty.call(message, "command"))
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.command);
                if (message.aslr != null && $Object.hasOwnProperty.call(message, "aslr"))
                    writer.uint32(/* id 8, wireType 0 =*/64).bool(message.aslr);
                if (message.legacyLayout != null && $Object.hasOwnProperty.call(message, "legacyLayout"))
                    writer.uint32(/* id 9, wireType 0 =*/72).bool(message.legacyLayout);
                if (message.stackLimit != null && $Object.hasOwnProperty.call(message, "stackLimit"))
                    writer.uint32(/* id 10, wireType 1 =*/81).double(message.stackLimit);
                if (message.stackUnlimited != null && $Object.hasOwnProperty.call(message, "stackUnlimited") && message.stackUnlimited !== false)
                    writer.uint32(/* id 11, wireType 0 =*/88).bool(message.stackUnlimited);
                if (message.mmapMinAddr != null && $Object.hasOwnProperty.call(message, "mmapMinAddr"))
                    writer.uint32(/* id 12, wireType 1 =*/97).double(message.mmapMinAddr);
                if (message.maxMapCount != null && $Object.hasOwnProperty.call(message, "maxMapCount"))
                    writer.uint32(/* id 13, wireType 1 =*/105).double(message.maxMapCount);
                if (message.mmapRndBits != null && $Object.hasOwnProperty.call(message, "mmapRndBits"))
                    writer.uint32(/* id 14, wireType 1 =*/113).double(message.mmapRndBits);
                if (message.stackGuardGap != null && $Object.hasOwnProperty.call(message, "stackGuardGap"))
                    writer.uint32(/* id 15, wireType 1 =*/121).double(message.stackGuardGap);
                if (message.thpEnabled != null && $Object.hasOwnProperty.call(message, "thpEnabled"))
                    writer.uint32(/* id 16, wireType 2 =*/130).string(message.thpEnabled);
                if (message.shmemEnabled != null && $Object.hasOwnProperty.call(message, "shmemEnabled"))
                    writer.uint32(/* id 17, wireType 2 =*/138).string(message.shmemEnabled);
                if (message.shmemSizes != null && $Object.hasOwnProperty.call(message, "shmemSizes"))
                    $root.mmreplay.trace.Settings.encode(message.shmemSizes, writer.uint32(/* id 18, wireType 2 =*/146).fork(), _depth + 1).ldelim();
                if (message.thpSizes != null && $Object.hasOwnProperty.call(message, "thpSizes"))
                    $root.mmreplay.trace.Settings.encode(message.thpSizes, writer.uint32(/* id 19, wireType 2 =*/154).fork(), _depth + 1).ldelim();
                if (message.devices != null && $Object.hasOwnProperty.call(message, "devices"))
                    $root.mmreplay.trace.Devices.encode(message.devices, writer.uint32(/* id 20, wireType 2 =*/162).fork(), _depth + 1).ldelim();
                if (message.inferred != null && message.inferred.length)
                    for (let i = 0; i < message.inferred.length; ++i)
                        writer.uint32(/* id 21, wireType 2 =*/170).string(message.inferred[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Facts message from the specified reader or buffer.
             * @function decode
             * @memberof mmreplay.trace.Facts
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {mmreplay.trace.Facts & mmreplay.trace.Facts.$Shape} Facts
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Facts.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.mmreplay.trace.Facts();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.kernel = reader.stringVerify();
                            message._kernel = "kernel";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.policy = reader.stringVerify();
                            message._policy = "policy";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.arch = reader.stringVerify();
                            message._arch = "arch";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.pageSize = value;
                            else
                                delete message.pageSize;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            message.taskSizeBits = reader.double();
                            message._taskSizeBits = "taskSizeBits";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.recorder = value;
                            else
                                delete message.recorder;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.command = reader.stringVerify();
                            message._command = "command";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            message.aslr = reader.bool();
                            message._aslr = "aslr";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            message.legacyLayout = reader.bool();
                            message._legacyLayout = "legacyLayout";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 1)
                                break;
                            message.stackLimit = reader.double();
                            message._stackLimit = "stackLimit";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.stackUnlimited = value;
                            else
                                delete message.stackUnlimited;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 1)
                                break;
                            message.mmapMinAddr = reader.double();
                            message._mmapMinAddr = "mmapMinAddr";
                            continue;
                        }
                    case 13: {
                            if (wireType !== 1)
                                break;
                            message.maxMapCount = reader.double();
                            message._maxMapCount = "maxMapCount";
                            continue;
                        }
                    case 14: {
                            if (wireType !== 1)
                                break;
                            message.mmapRndBits = reader.double();
                            message._mmapRndBits = "mmapRndBits";
                            continue;
                        }
                    case 15: {
                            if (wireType !== 1)
                                break;
                            message.stackGuardGap = reader.double();
                            message._stackGuardGap = "stackGuardGap";
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            message.thpEnabled = reader.stringVerify();
                            message._thpEnabled = "thpEnabled";
                            continue;
                        }
                    case 17: {
                            if (wireType !== 2)
                                break;
                            message.shmemEnabled = reader.stringVerify();
                            message._shmemEnabled = "shmemEnabled";
                            continue;
                        }
                    case 18: {
                            if (wireType !== 2)
                                break;
                            message.shmemSizes = $root.mmreplay.trace.Settings.decode(reader, reader.size(), $undefined, _depth + 1, message.shmemSizes);
                            continue;
                        }
                    case 19: {
                            if (wireType !== 2)
                                break;
                            message.thpSizes = $root.mmreplay.trace.Settings.decode(reader, reader.size(), $undefined, _depth + 1, message.thpSizes);
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.devices = $root.mmreplay.trace.Devices.decode(reader, reader.size(), $undefined, _depth + 1, message.devices);
                            continue;
                        }
                    case 21: {
                            if (wireType !== 2)
                                break;
                            if (!(message.inferred && message.inferred.length))
                                message.inferred = [];
                            message.inferred.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Facts;
        })();

        trace.Settings = (function() {

            /**
             * Properties of a Settings.
             * @typedef {Object} mmreplay.trace.Settings.$Properties
             * @property {Array.<string>|null} [names] Settings names
             * @property {Array.<string>|null} [values] Settings values
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Settings.
             * @memberof mmreplay.trace
             * @interface ISettings
             * @augments mmreplay.trace.Settings.$Properties
             * @deprecated Use mmreplay.trace.Settings.$Properties instead.
             */

            /**
             * Shape of a Settings.
             * @typedef {mmreplay.trace.Settings.$Properties} mmreplay.trace.Settings.$Shape
             */

            /**
             * Constructs a new Settings.
             * @memberof mmreplay.trace
             * @classdesc Represents a Settings.
             * @constructor
             * @param {mmreplay.trace.Settings.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Settings = function (properties) {
                this.names = [];
                this.values = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Settings names.
             * @member {Array.<string>} names
             * @memberof mmreplay.trace.Settings
             * @instance
             */
            Settings.prototype.names = $util.emptyArray;

            /**
             * Settings values.
             * @member {Array.<string>} values
             * @memberof mmreplay.trace.Settings
             * @instance
             */
            Settings.prototype.values = $util.emptyArray;

            /**
             * Encodes the specified Settings message. Does not implicitly {@link mmreplay.trace.Settings.verify|verify} messages.
             * @function encode
             * @memberof mmreplay.trace.Settings
             * @static
             * @param {mmreplay.trace.Settings.$Properties} message Settings message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Settings.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.names != null && message.names.length)
                    for (let i = 0; i < message.names.length; ++i)
                        writer.uint32(/* id 1, wireType 2 =*/10).string(message.names[i]);
                if (message.values != null && message.values.length)
                    for (let i = 0; i < message.values.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.values[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Settings message from the specified reader or buffer.
             * @function decode
             * @memberof mmreplay.trace.Settings
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {mmreplay.trace.Settings & mmreplay.trace.Settings.$Shape} Settings
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Settings.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.mmreplay.trace.Settings();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.names && message.names.length))
                                message.names = [];
                            message.names.push(reader.stringVerify());
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.values && message.values.length))
                                message.values = [];
                            message.values.push(reader.stringVerify());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Settings;
        })();

        trace.Devices = (function() {

            /**
             * Properties of a Devices.
             * @typedef {Object} mmreplay.trace.Devices.$Properties
             * @property {Array.<mmreplay.trace.PciDevice.$Properties>|null} [devices] Devices devices
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Devices.
             * @memberof mmreplay.trace
             * @interface IDevices
             * @augments mmreplay.trace.Devices.$Properties
             * @deprecated Use mmreplay.trace.Devices.$Properties instead.
             */

            /**
             * Shape of a Devices.
             * @typedef {mmreplay.trace.Devices.$Properties} mmreplay.trace.Devices.$Shape
             */

            /**
             * Constructs a new Devices.
             * @memberof mmreplay.trace
             * @classdesc Represents a Devices.
             * @constructor
             * @param {mmreplay.trace.Devices.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Devices = function (properties) {
                this.devices = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Devices devices.
             * @member {Array.<mmreplay.trace.PciDevice.$Properties>} devices
             * @memberof mmreplay.trace.Devices
             * @instance
             */
            Devices.prototype.devices = $util.emptyArray;

            /**
             * Encodes the specified Devices message. Does not implicitly {@link mmreplay.trace.Devices.verify|verify} messages.
             * @function encode
             * @memberof mmreplay.trace.Devices
             * @static
             * @param {mmreplay.trace.Devices.$Properties} message Devices message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Devices.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.devices != null && message.devices.length)
                    for (let i = 0; i < message.devices.length; ++i)
                        $root.mmreplay.trace.PciDevice.encode(message.devices[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Devices message from the specified reader or buffer.
             * @function decode
             * @memberof mmreplay.trace.Devices
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {mmreplay.trace.Devices & mmreplay.trace.Devices.$Shape} Devices
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Devices.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.mmreplay.trace.Devices();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.devices && message.devices.length))
                                message.devices = [];
                            message.devices.push($root.mmreplay.trace.PciDevice.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Devices;
        })();

        trace.PciDevice = (function() {

            /**
             * Properties of a PciDevice.
             * @typedef {Object} mmreplay.trace.PciDevice.$Properties
             * @property {string|null} [address] PciDevice address
             * @property {Array.<mmreplay.trace.Bar.$Properties>|null} [bars] PciDevice bars
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a PciDevice.
             * @memberof mmreplay.trace
             * @interface IPciDevice
             * @augments mmreplay.trace.PciDevice.$Properties
             * @deprecated Use mmreplay.trace.PciDevice.$Properties instead.
             */

            /**
             * Shape of a PciDevice.
             * @typedef {mmreplay.trace.PciDevice.$Properties} mmreplay.trace.PciDevice.$Shape
             */

            /**
             * Constructs a new PciDevice.
             * @memberof mmreplay.trace
             * @classdesc Represents a PciDevice.
             * @constructor
             * @param {mmreplay.trace.PciDevice.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const PciDevice = function (properties) {
                this.bars = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * PciDevice address.
             * @member {string} address
             * @memberof mmreplay.trace.PciDevice
             * @instance
             */
            PciDevice.prototype.address = "";

            /**
             * PciDevice bars.
             * @member {Array.<mmreplay.trace.Bar.$Properties>} bars
             * @memberof mmreplay.trace.PciDevice
             * @instance
             */
            PciDevice.prototype.bars = $util.emptyArray;

            /**
             * Encodes the specified PciDevice message. Does not implicitly {@link mmreplay.trace.PciDevice.verify|verify} messages.
             * @function encode
             * @memberof mmreplay.trace.PciDevice
             * @static
             * @param {mmreplay.trace.PciDevice.$Properties} message PciDevice message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            PciDevice.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.address);
                if (message.bars != null && message.bars.length)
                    for (let i = 0; i < message.bars.length; ++i)
                        $root.mmreplay.trace.Bar.encode(message.bars[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a PciDevice message from the specified reader or buffer.
             * @function decode
             * @memberof mmreplay.trace.PciDevice
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {mmreplay.trace.PciDevice & mmreplay.trace.PciDevice.$Shape} PciDevice
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            PciDevice.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.mmreplay.trace.PciDevice();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.bars && message.bars.length))
                                message.bars = [];
                            message.bars.push($root.mmreplay.trace.Bar.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return PciDevice;
        })();

        trace.Bar = (function() {

            /**
             * Properties of a Bar.
             * @typedef {Object} mmreplay.trace.Bar.$Properties
             * @property {number|null} [index] Bar index
             * @property {number|null} [start] Bar start
             * @property {number|null} [size] Bar size
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Bar.
             * @memberof mmreplay.trace
             * @interface IBar
             * @augments mmreplay.trace.Bar.$Properties
             * @deprecated Use mmreplay.trace.Bar.$Properties instead.
             */

            /**
             * Shape of a Bar.
             * @typedef {mmreplay.trace.Bar.$Properties} mmreplay.trace.Bar.$Shape
             */

            /**
             * Constructs a new Bar.
             * @memberof mmreplay.trace
             * @classdesc Represents a Bar.
             * @constructor
             * @param {mmreplay.trace.Bar.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Bar = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Bar index.
             * @member {number} index
             * @memberof mmreplay.trace.Bar
             * @instance
             */
            Bar.prototype.index = 0;

            /**
             * Bar start.
             * @member {number} start
             * @memberof mmreplay.trace.Bar
             * @instance
             */
            Bar.prototype.start = 0;

            /**
             * Bar size.
             * @member {number} size
             * @memberof mmreplay.trace.Bar
             * @instance
             */
            Bar.prototype.size = 0;

            /**
             * Encodes the specified Bar message. Does not implicitly {@link mmreplay.trace.Bar.verify|verify} messages.
             * @function encode
             * @memberof mmreplay.trace.Bar
             * @static
             * @param {mmreplay.trace.Bar.$Properties} message Bar message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Bar.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.index != null && $Object.hasOwnProperty.call(message, "index") && !$Object.is(message.index, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.index);
                if (message.start != null && $Object.hasOwnProperty.call(message, "start") && !$Object.is(message.start, 0))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.start);
                if (message.size != null && $Object.hasOwnProperty.call(message, "size") && !$Object.is(message.size, 0))
                    writer.uint32(/* id 3, wireType 1 =*/25).double(message.size);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Bar message from the specified reader or buffer.
             * @function decode
             * @memberof mmreplay.trace.Bar
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {mmreplay.trace.Bar & mmreplay.trace.Bar.$Shape} Bar
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Bar.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.mmreplay.trace.Bar();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.index = value;
                            else
                                delete message.index;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.start = value;
                            else
                                delete message.start;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.size = value;
                            else
                                delete message.size;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Bar;
        })();

        trace.OpenFile = (function() {

            /**
             * Properties of an OpenFile.
             * @typedef {Object} mmreplay.trace.OpenFile.$Properties
             * @property {number|null} [id] OpenFile id
             * @property {string|null} [kind] OpenFile kind
             * @property {string|null} [path] OpenFile path
             * @property {string|null} [filesystem] OpenFile filesystem
             * @property {string|null} [huge] OpenFile huge
             * @property {number|null} [hugePage] OpenFile hugePage
             * @property {string|null} [device] OpenFile device
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an OpenFile.
             * @memberof mmreplay.trace
             * @interface IOpenFile
             * @augments mmreplay.trace.OpenFile.$Properties
             * @deprecated Use mmreplay.trace.OpenFile.$Properties instead.
             */

            /**
             * Shape of an OpenFile.
             * @typedef {mmreplay.trace.OpenFile.$Properties} mmreplay.trace.OpenFile.$Shape
             */

            /**
             * Constructs a new OpenFile.
             * @memberof mmreplay.trace
             * @classdesc Represents an OpenFile.
             * @constructor
             * @param {mmreplay.trace.OpenFile.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const OpenFile = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * OpenFile id.
             * @member {number} id
             * @memberof mmreplay.trace.OpenFile
             * @instance
             */
            OpenFile.prototype.id = 0;

            /**
             * OpenFile kind.
             * @member {string} kind
             * @memberof mmreplay.trace.OpenFile
             * @instance
             */
            OpenFile.prototype.kind = "";

            /**
             * OpenFile path.
             * @member {string|null|undefined} path
             * @memberof mmreplay.trace.OpenFile
             * @instance
             */
            OpenFile.prototype.path = null;

            /**
             * OpenFile filesystem.
             * @member {string|null|undefined} filesystem
             * @memberof mmreplay.trace.OpenFile
             * @instance
             */
            OpenFile.prototype.filesystem = null;

            /**
             * OpenFile huge.
             * @member {string|null|undefined} huge
             * @memberof mmreplay.trace.OpenFile
             * @instance
             */
            OpenFile.prototype.huge = null;

            /**
             * OpenFile hugePage.
             * @member {number|null|undefined} hugePage
             * @memberof mmreplay.trace.OpenFile
             * @instance
             */
            OpenFile.prototype.hugePage = null;

            /**
             * OpenFile device.
             * @member {string|null|undefined} device
             * @memberof mmreplay.trace.OpenFile
             * @instance
             */
            OpenFile.prototype.device = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(OpenFile.prototype, "_path", {
                get: $util.oneOfGetter($oneOfFields = ["path"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(OpenFile.prototype, "_filesystem", {
                get: $util.oneOfGetter($oneOfFields = ["filesystem"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(OpenFile.prototype, "_huge", {
                get: $util.oneOfGetter($oneOfFields = ["huge"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(OpenFile.prototype, "_hugePage", {
                get: $util.oneOfGetter($oneOfFields = ["hugePage"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(OpenFile.prototype, "_device", {
                get: $util.oneOfGetter($oneOfFields = ["device"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified OpenFile message. Does not implicitly {@link mmreplay.trace.OpenFile.verify|verify} messages.
             * @function encode
             * @memberof mmreplay.trace.OpenFile
             * @static
             * @param {mmreplay.trace.OpenFile.$Properties} message OpenFile message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            OpenFile.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && !$Object.is(message.id, 0))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.id);
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.kind);
                if (message.path != null && $Object.hasOwnProperty.call(message, "path"))
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.path);
                if (message.filesystem != null && $Object.hasOwnProperty.call(message, "filesystem"))
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.filesystem);
                if (message.huge != null && $Object.hasOwnProperty.call(message, "huge"))
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.huge);
                if (message.hugePage != null && $Object.hasOwnProperty.call(message, "hugePage"))
                    writer.uint32(/* id 6, wireType 1 =*/49).double(message.hugePage);
                if (message.device != null && $Object.hasOwnProperty.call(message, "device"))
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.device);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an OpenFile message from the specified reader or buffer.
             * @function decode
             * @memberof mmreplay.trace.OpenFile
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {mmreplay.trace.OpenFile & mmreplay.trace.OpenFile.$Shape} OpenFile
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            OpenFile.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.mmreplay.trace.OpenFile();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.path = reader.stringVerify();
                            message._path = "path";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.filesystem = reader.stringVerify();
                            message._filesystem = "filesystem";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.huge = reader.stringVerify();
                            message._huge = "huge";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 1)
                                break;
                            message.hugePage = reader.double();
                            message._hugePage = "hugePage";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.device = reader.stringVerify();
                            message._device = "device";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return OpenFile;
        })();

        trace.Events = (function() {

            /**
             * Properties of an Events.
             * @typedef {Object} mmreplay.trace.Events.$Properties
             * @property {number|null} [count] Events count
             * @property {Array.<string>|null} [strings] Events strings
             * @property {Array.<mmreplay.trace.OpenFile.$Properties>|null} [files] Events files
             * @property {Array.<mmreplay.trace.Column.$Properties>|null} [columns] Events columns
             * @property {number|null} [timeUnit] Events timeUnit
             * @property {number|null} [printedUnit] Events printedUnit
             * @property {number|null} [fileCount] Events fileCount
             * @property {number|null} [nameCount] Events nameCount
             * @property {string|null} [letters] Events letters
             * @property {Array.<number>|null} [ids] Events ids
             * @property {Array.<number>|null} [codings] Events codings
             * @property {Array.<number>|null} [lengths] Events lengths
             * @property {Uint8Array|null} [data] Events data
             * @property {Array.<number>|null} [wideIds] Events wideIds
             * @property {Array.<Uint8Array>|null} [wides] Events wides
             * @property {Array.<number>|null} [lowLengths] Events lowLengths
             * @property {Uint8Array|null} [addresses] Events addresses
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Events.
             * @memberof mmreplay.trace
             * @interface IEvents
             * @augments mmreplay.trace.Events.$Properties
             * @deprecated Use mmreplay.trace.Events.$Properties instead.
             */

            /**
             * Shape of an Events.
             * @typedef {mmreplay.trace.Events.$Properties} mmreplay.trace.Events.$Shape
             */

            /**
             * Constructs a new Events.
             * @memberof mmreplay.trace
             * @classdesc Represents an Events.
             * @constructor
             * @param {mmreplay.trace.Events.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Events = function (properties) {
                this.strings = [];
                this.files = [];
                this.columns = [];
                this.ids = [];
                this.codings = [];
                this.lengths = [];
                this.wideIds = [];
                this.wides = [];
                this.lowLengths = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Events count.
             * @member {number} count
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.count = 0;

            /**
             * Events strings.
             * @member {Array.<string>} strings
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.strings = $util.emptyArray;

            /**
             * Events files.
             * @member {Array.<mmreplay.trace.OpenFile.$Properties>} files
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.files = $util.emptyArray;

            /**
             * Events columns.
             * @member {Array.<mmreplay.trace.Column.$Properties>} columns
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.columns = $util.emptyArray;

            /**
             * Events timeUnit.
             * @member {number} timeUnit
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.timeUnit = 0;

            /**
             * Events printedUnit.
             * @member {number} printedUnit
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.printedUnit = 0;

            /**
             * Events fileCount.
             * @member {number} fileCount
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.fileCount = 0;

            /**
             * Events nameCount.
             * @member {number} nameCount
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.nameCount = 0;

            /**
             * Events letters.
             * @member {string} letters
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.letters = "";

            /**
             * Events ids.
             * @member {Array.<number>} ids
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.ids = $util.emptyArray;

            /**
             * Events codings.
             * @member {Array.<number>} codings
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.codings = $util.emptyArray;

            /**
             * Events lengths.
             * @member {Array.<number>} lengths
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.lengths = $util.emptyArray;

            /**
             * Events data.
             * @member {Uint8Array} data
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.data = $util.newBuffer([]);

            /**
             * Events wideIds.
             * @member {Array.<number>} wideIds
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.wideIds = $util.emptyArray;

            /**
             * Events wides.
             * @member {Array.<Uint8Array>} wides
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.wides = $util.emptyArray;

            /**
             * Events lowLengths.
             * @member {Array.<number>} lowLengths
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.lowLengths = $util.emptyArray;

            /**
             * Events addresses.
             * @member {Uint8Array} addresses
             * @memberof mmreplay.trace.Events
             * @instance
             */
            Events.prototype.addresses = $util.newBuffer([]);

            /**
             * Encodes the specified Events message. Does not implicitly {@link mmreplay.trace.Events.verify|verify} messages.
             * @function encode
             * @memberof mmreplay.trace.Events
             * @static
             * @param {mmreplay.trace.Events.$Properties} message Events message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Events.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.count);
                if (message.strings != null && message.strings.length)
                    for (let i = 0; i < message.strings.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.strings[i]);
                if (message.files != null && message.files.length)
                    for (let i = 0; i < message.files.length; ++i)
                        $root.mmreplay.trace.OpenFile.encode(message.files[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.columns != null && message.columns.length)
                    for (let i = 0; i < message.columns.length; ++i)
                        $root.mmreplay.trace.Column.encode(message.columns[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.timeUnit != null && $Object.hasOwnProperty.call(message, "timeUnit") && !$Object.is(message.timeUnit, 0))
                    writer.uint32(/* id 5, wireType 1 =*/41).double(message.timeUnit);
                if (message.printedUnit != null && $Object.hasOwnProperty.call(message, "printedUnit") && !$Object.is(message.printedUnit, 0))
                    writer.uint32(/* id 6, wireType 1 =*/49).double(message.printedUnit);
                if (message.fileCount != null && $Object.hasOwnProperty.call(message, "fileCount") && message.fileCount !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.fileCount);
                if (message.ids != null && message.ids.length)
                    writer.uint32(/* id 8, wireType 2 =*/66).uint32s(message.ids);
                if (message.codings != null && message.codings.length)
                    writer.uint32(/* id 9, wireType 2 =*/74).uint32s(message.codings);
                if (message.lengths != null && message.lengths.length)
                    writer.uint32(/* id 10, wireType 2 =*/82).uint32s(message.lengths);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                    writer.uint32(/* id 11, wireType 2 =*/90).bytes(message.data);
                if (message.wideIds != null && message.wideIds.length)
                    writer.uint32(/* id 12, wireType 2 =*/98).uint32s(message.wideIds);
                if (message.wides != null && message.wides.length)
                    for (let i = 0; i < message.wides.length; ++i)
                        writer.uint32(/* id 13, wireType 2 =*/106).bytes(message.wides[i]);
                if (message.lowLengths != null && message.lowLengths.length)
                    writer.uint32(/* id 14, wireType 2 =*/114).uint32s(message.lowLengths);
                if (message.nameCount != null && $Object.hasOwnProperty.call(message, "nameCount") && message.nameCount !== 0)
                    writer.uint32(/* id 15, wireType 0 =*/120).uint32(message.nameCount);
                if (message.letters != null && $Object.hasOwnProperty.call(message, "letters") && message.letters !== "")
                    writer.uint32(/* id 16, wireType 2 =*/130).string(message.letters);
                if (message.addresses != null && $Object.hasOwnProperty.call(message, "addresses") && message.addresses.length)
                    writer.uint32(/* id 17, wireType 2 =*/138).bytes(message.addresses);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Events message from the specified reader or buffer.
             * @function decode
             * @memberof mmreplay.trace.Events
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {mmreplay.trace.Events & mmreplay.trace.Events.$Shape} Events
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Events.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.mmreplay.trace.Events();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.count = value;
                            else
                                delete message.count;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.strings && message.strings.length))
                                message.strings = [];
                            message.strings.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.files && message.files.length))
                                message.files = [];
                            message.files.push($root.mmreplay.trace.OpenFile.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.columns && message.columns.length))
                                message.columns = [];
                            message.columns.push($root.mmreplay.trace.Column.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.timeUnit = value;
                            else
                                delete message.timeUnit;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.printedUnit = value;
                            else
                                delete message.printedUnit;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.fileCount = value;
                            else
                                delete message.fileCount;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.nameCount = value;
                            else
                                delete message.nameCount;
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.letters = value;
                            else
                                delete message.letters;
                            continue;
                        }
                    case 8: {
                            if (wireType === 2) {
                                if (!(message.ids && message.ids.length))
                                    message.ids = [];
                                reader.uint32s(message.ids);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.ids && message.ids.length))
                                message.ids = [];
                            message.ids.push(reader.uint32());
                            continue;
                        }
                    case 9: {
                            if (wireType === 2) {
                                if (!(message.codings && message.codings.length))
                                    message.codings = [];
                                reader.uint32s(message.codings);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.codings && message.codings.length))
                                message.codings = [];
                            message.codings.push(reader.uint32());
                            continue;
                        }
                    case 10: {
                            if (wireType === 2) {
                                if (!(message.lengths && message.lengths.length))
                                    message.lengths = [];
                                reader.uint32s(message.lengths);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.lengths && message.lengths.length))
                                message.lengths = [];
                            message.lengths.push(reader.uint32());
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.data = value;
                            else
                                delete message.data;
                            continue;
                        }
                    case 12: {
                            if (wireType === 2) {
                                if (!(message.wideIds && message.wideIds.length))
                                    message.wideIds = [];
                                reader.uint32s(message.wideIds);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.wideIds && message.wideIds.length))
                                message.wideIds = [];
                            message.wideIds.push(reader.uint32());
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            if (!(message.wides && message.wides.length))
                                message.wides = [];
                            message.wides.push(reader.bytes());
                            continue;
                        }
                    case 14: {
                            if (wireType === 2) {
                                if (!(message.lowLengths && message.lowLengths.length))
                                    message.lowLengths = [];
                                reader.uint32s(message.lowLengths);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.lowLengths && message.lowLengths.length))
                                message.lowLengths = [];
                            message.lowLengths.push(reader.uint32());
                            continue;
                        }
                    case 17: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.addresses = value;
                            else
                                delete message.addresses;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Events;
        })();

        trace.Column = (function() {

            /**
             * Properties of a Column.
             * @typedef {Object} mmreplay.trace.Column.$Properties
             * @property {number|null} [id] Column id
             * @property {number|null} [coding] Column coding
             * @property {number|null} [count] Column count
             * @property {Uint8Array|null} [data] Column data
             * @property {Uint8Array|null} [wide] Column wide
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Column.
             * @memberof mmreplay.trace
             * @interface IColumn
             * @augments mmreplay.trace.Column.$Properties
             * @deprecated Use mmreplay.trace.Column.$Properties instead.
             */

            /**
             * Shape of a Column.
             * @typedef {mmreplay.trace.Column.$Properties} mmreplay.trace.Column.$Shape
             */

            /**
             * Constructs a new Column.
             * @memberof mmreplay.trace
             * @classdesc Represents a Column.
             * @constructor
             * @param {mmreplay.trace.Column.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Column = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Column id.
             * @member {number} id
             * @memberof mmreplay.trace.Column
             * @instance
             */
            Column.prototype.id = 0;

            /**
             * Column coding.
             * @member {number} coding
             * @memberof mmreplay.trace.Column
             * @instance
             */
            Column.prototype.coding = 0;

            /**
             * Column count.
             * @member {number} count
             * @memberof mmreplay.trace.Column
             * @instance
             */
            Column.prototype.count = 0;

            /**
             * Column data.
             * @member {Uint8Array} data
             * @memberof mmreplay.trace.Column
             * @instance
             */
            Column.prototype.data = $util.newBuffer([]);

            /**
             * Column wide.
             * @member {Uint8Array} wide
             * @memberof mmreplay.trace.Column
             * @instance
             */
            Column.prototype.wide = $util.newBuffer([]);

            /**
             * Encodes the specified Column message. Does not implicitly {@link mmreplay.trace.Column.verify|verify} messages.
             * @function encode
             * @memberof mmreplay.trace.Column
             * @static
             * @param {mmreplay.trace.Column.$Properties} message Column message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Column.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.id);
                if (message.coding != null && $Object.hasOwnProperty.call(message, "coding") && message.coding !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.coding);
                if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.count);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.data);
                if (message.wide != null && $Object.hasOwnProperty.call(message, "wide") && message.wide.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.wide);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Column message from the specified reader or buffer.
             * @function decode
             * @memberof mmreplay.trace.Column
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {mmreplay.trace.Column & mmreplay.trace.Column.$Shape} Column
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Column.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.mmreplay.trace.Column();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.coding = value;
                            else
                                delete message.coding;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.count = value;
                            else
                                delete message.count;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.data = value;
                            else
                                delete message.data;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.wide = value;
                            else
                                delete message.wide;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Column;
        })();

        return trace;
    })();

    return mmreplay;
})();

export {
  $root as default
};
