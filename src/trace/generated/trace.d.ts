import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace mmreplay. */
export namespace mmreplay {

    /** Namespace trace. */
    namespace trace {

        /**
         * Properties of a Header.
         * @deprecated Use mmreplay.trace.Header.$Properties instead.
         */
        interface IHeader extends mmreplay.trace.Header.$Properties {
        }

        /** Represents a Header. */
        class Header {

            /**
             * Constructs a new Header.
             * @param [properties] Properties to set
             */
            constructor(properties?: mmreplay.trace.Header.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Header name. */
            name: string;

            /** Header facts. */
            facts?: (mmreplay.trace.Facts.$Properties|null);

            /** Header events. */
            events: number;

            /**
             * Encodes the specified Header message. Does not implicitly {@link mmreplay.trace.Header.verify|verify} messages.
             * @param message Header message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mmreplay.trace.Header.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Header message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mmreplay.trace.Header & mmreplay.trace.Header.$Shape} Header
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mmreplay.trace.Header & mmreplay.trace.Header.$Shape;
        }

        namespace Header {

            /** Properties of a Header. */
            interface $Properties {

                /** Header name */
                name?: (string|null);

                /** Header facts */
                facts?: (mmreplay.trace.Facts.$Properties|null);

                /** Header events */
                events?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Header. */
            type $Shape = mmreplay.trace.Header.$Properties;
        }

        /**
         * Properties of a Facts.
         * @deprecated Use mmreplay.trace.Facts.$Properties instead.
         */
        interface IFacts extends mmreplay.trace.Facts.$Properties {
        }

        /** Represents a Facts. */
        class Facts {

            /**
             * Constructs a new Facts.
             * @param [properties] Properties to set
             */
            constructor(properties?: mmreplay.trace.Facts.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Facts kernel. */
            kernel?: (string|null);

            /** Facts policy. */
            policy?: (string|null);

            /** Facts arch. */
            arch?: (string|null);

            /** Facts pageSize. */
            pageSize: number;

            /** Facts taskSizeBits. */
            taskSizeBits?: (number|null);

            /** Facts recorder. */
            recorder: string;

            /** Facts command. */
            command?: (string|null);

            /** Facts aslr. */
            aslr?: (boolean|null);

            /** Facts legacyLayout. */
            legacyLayout?: (boolean|null);

            /** Facts stackLimit. */
            stackLimit?: (number|null);

            /** Facts stackUnlimited. */
            stackUnlimited: boolean;

            /** Facts mmapMinAddr. */
            mmapMinAddr?: (number|null);

            /** Facts maxMapCount. */
            maxMapCount?: (number|null);

            /** Facts mmapRndBits. */
            mmapRndBits?: (number|null);

            /** Facts stackGuardGap. */
            stackGuardGap?: (number|null);

            /** Facts thpEnabled. */
            thpEnabled?: (string|null);

            /** Facts shmemEnabled. */
            shmemEnabled?: (string|null);

            /** Facts shmemSizes. */
            shmemSizes?: (mmreplay.trace.Settings.$Properties|null);

            /** Facts thpSizes. */
            thpSizes?: (mmreplay.trace.Settings.$Properties|null);

            /** Facts devices. */
            devices?: (mmreplay.trace.Devices.$Properties|null);

            /** Facts inferred. */
            inferred: string[];

            /**
             * Encodes the specified Facts message. Does not implicitly {@link mmreplay.trace.Facts.verify|verify} messages.
             * @param message Facts message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mmreplay.trace.Facts.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Facts message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mmreplay.trace.Facts & mmreplay.trace.Facts.$Shape} Facts
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mmreplay.trace.Facts & mmreplay.trace.Facts.$Shape;
        }

        namespace Facts {

            /** Properties of a Facts. */
            interface $Properties {

                /** Facts kernel */
                kernel?: (string|null);

                /** Facts policy */
                policy?: (string|null);

                /** Facts arch */
                arch?: (string|null);

                /** Facts pageSize */
                pageSize?: (number|null);

                /** Facts taskSizeBits */
                taskSizeBits?: (number|null);

                /** Facts recorder */
                recorder?: (string|null);

                /** Facts command */
                command?: (string|null);

                /** Facts aslr */
                aslr?: (boolean|null);

                /** Facts legacyLayout */
                legacyLayout?: (boolean|null);

                /** Facts stackLimit */
                stackLimit?: (number|null);

                /** Facts stackUnlimited */
                stackUnlimited?: (boolean|null);

                /** Facts mmapMinAddr */
                mmapMinAddr?: (number|null);

                /** Facts maxMapCount */
                maxMapCount?: (number|null);

                /** Facts mmapRndBits */
                mmapRndBits?: (number|null);

                /** Facts stackGuardGap */
                stackGuardGap?: (number|null);

                /** Facts thpEnabled */
                thpEnabled?: (string|null);

                /** Facts shmemEnabled */
                shmemEnabled?: (string|null);

                /** Facts shmemSizes */
                shmemSizes?: (mmreplay.trace.Settings.$Properties|null);

                /** Facts thpSizes */
                thpSizes?: (mmreplay.trace.Settings.$Properties|null);

                /** Facts devices */
                devices?: (mmreplay.trace.Devices.$Properties|null);

                /** Facts inferred */
                inferred?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Facts. */
            type $Shape = mmreplay.trace.Facts.$Properties;
        }

        /**
         * Properties of a Settings.
         * @deprecated Use mmreplay.trace.Settings.$Properties instead.
         */
        interface ISettings extends mmreplay.trace.Settings.$Properties {
        }

        /** Represents a Settings. */
        class Settings {

            /**
             * Constructs a new Settings.
             * @param [properties] Properties to set
             */
            constructor(properties?: mmreplay.trace.Settings.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Settings names. */
            names: string[];

            /** Settings values. */
            values: string[];

            /**
             * Encodes the specified Settings message. Does not implicitly {@link mmreplay.trace.Settings.verify|verify} messages.
             * @param message Settings message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mmreplay.trace.Settings.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Settings message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mmreplay.trace.Settings & mmreplay.trace.Settings.$Shape} Settings
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mmreplay.trace.Settings & mmreplay.trace.Settings.$Shape;
        }

        namespace Settings {

            /** Properties of a Settings. */
            interface $Properties {

                /** Settings names */
                names?: (string[]|null);

                /** Settings values */
                values?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Settings. */
            type $Shape = mmreplay.trace.Settings.$Properties;
        }

        /**
         * Properties of a Devices.
         * @deprecated Use mmreplay.trace.Devices.$Properties instead.
         */
        interface IDevices extends mmreplay.trace.Devices.$Properties {
        }

        /** Represents a Devices. */
        class Devices {

            /**
             * Constructs a new Devices.
             * @param [properties] Properties to set
             */
            constructor(properties?: mmreplay.trace.Devices.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Devices devices. */
            devices: mmreplay.trace.PciDevice.$Properties[];

            /**
             * Encodes the specified Devices message. Does not implicitly {@link mmreplay.trace.Devices.verify|verify} messages.
             * @param message Devices message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mmreplay.trace.Devices.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Devices message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mmreplay.trace.Devices & mmreplay.trace.Devices.$Shape} Devices
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mmreplay.trace.Devices & mmreplay.trace.Devices.$Shape;
        }

        namespace Devices {

            /** Properties of a Devices. */
            interface $Properties {

                /** Devices devices */
                devices?: (mmreplay.trace.PciDevice.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Devices. */
            type $Shape = mmreplay.trace.Devices.$Properties;
        }

        /**
         * Properties of a PciDevice.
         * @deprecated Use mmreplay.trace.PciDevice.$Properties instead.
         */
        interface IPciDevice extends mmreplay.trace.PciDevice.$Properties {
        }

        /** Represents a PciDevice. */
        class PciDevice {

            /**
             * Constructs a new PciDevice.
             * @param [properties] Properties to set
             */
            constructor(properties?: mmreplay.trace.PciDevice.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PciDevice address. */
            address: string;

            /** PciDevice bars. */
            bars: mmreplay.trace.Bar.$Properties[];

            /**
             * Encodes the specified PciDevice message. Does not implicitly {@link mmreplay.trace.PciDevice.verify|verify} messages.
             * @param message PciDevice message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mmreplay.trace.PciDevice.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PciDevice message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mmreplay.trace.PciDevice & mmreplay.trace.PciDevice.$Shape} PciDevice
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mmreplay.trace.PciDevice & mmreplay.trace.PciDevice.$Shape;
        }

        namespace PciDevice {

            /** Properties of a PciDevice. */
            interface $Properties {

                /** PciDevice address */
                address?: (string|null);

                /** PciDevice bars */
                bars?: (mmreplay.trace.Bar.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PciDevice. */
            type $Shape = mmreplay.trace.PciDevice.$Properties;
        }

        /**
         * Properties of a Bar.
         * @deprecated Use mmreplay.trace.Bar.$Properties instead.
         */
        interface IBar extends mmreplay.trace.Bar.$Properties {
        }

        /** Represents a Bar. */
        class Bar {

            /**
             * Constructs a new Bar.
             * @param [properties] Properties to set
             */
            constructor(properties?: mmreplay.trace.Bar.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Bar index. */
            index: number;

            /** Bar start. */
            start: number;

            /** Bar size. */
            size: number;

            /**
             * Encodes the specified Bar message. Does not implicitly {@link mmreplay.trace.Bar.verify|verify} messages.
             * @param message Bar message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mmreplay.trace.Bar.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Bar message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mmreplay.trace.Bar & mmreplay.trace.Bar.$Shape} Bar
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mmreplay.trace.Bar & mmreplay.trace.Bar.$Shape;
        }

        namespace Bar {

            /** Properties of a Bar. */
            interface $Properties {

                /** Bar index */
                index?: (number|null);

                /** Bar start */
                start?: (number|null);

                /** Bar size */
                size?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Bar. */
            type $Shape = mmreplay.trace.Bar.$Properties;
        }

        /**
         * Properties of an OpenFile.
         * @deprecated Use mmreplay.trace.OpenFile.$Properties instead.
         */
        interface IOpenFile extends mmreplay.trace.OpenFile.$Properties {
        }

        /** Represents an OpenFile. */
        class OpenFile {

            /**
             * Constructs a new OpenFile.
             * @param [properties] Properties to set
             */
            constructor(properties?: mmreplay.trace.OpenFile.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** OpenFile id. */
            id: number;

            /** OpenFile kind. */
            kind: string;

            /** OpenFile path. */
            path?: (string|null);

            /** OpenFile filesystem. */
            filesystem?: (string|null);

            /** OpenFile huge. */
            huge?: (string|null);

            /** OpenFile hugePage. */
            hugePage?: (number|null);

            /** OpenFile device. */
            device?: (string|null);

            /**
             * Encodes the specified OpenFile message. Does not implicitly {@link mmreplay.trace.OpenFile.verify|verify} messages.
             * @param message OpenFile message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mmreplay.trace.OpenFile.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an OpenFile message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mmreplay.trace.OpenFile & mmreplay.trace.OpenFile.$Shape} OpenFile
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mmreplay.trace.OpenFile & mmreplay.trace.OpenFile.$Shape;
        }

        namespace OpenFile {

            /** Properties of an OpenFile. */
            interface $Properties {

                /** OpenFile id */
                id?: (number|null);

                /** OpenFile kind */
                kind?: (string|null);

                /** OpenFile path */
                path?: (string|null);

                /** OpenFile filesystem */
                filesystem?: (string|null);

                /** OpenFile huge */
                huge?: (string|null);

                /** OpenFile hugePage */
                hugePage?: (number|null);

                /** OpenFile device */
                device?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an OpenFile. */
            type $Shape = mmreplay.trace.OpenFile.$Properties;
        }

        /**
         * Properties of an Events.
         * @deprecated Use mmreplay.trace.Events.$Properties instead.
         */
        interface IEvents extends mmreplay.trace.Events.$Properties {
        }

        /** Represents an Events. */
        class Events {

            /**
             * Constructs a new Events.
             * @param [properties] Properties to set
             */
            constructor(properties?: mmreplay.trace.Events.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Events count. */
            count: number;

            /** Events strings. */
            strings: string[];

            /** Events files. */
            files: mmreplay.trace.OpenFile.$Properties[];

            /** Events columns. */
            columns: mmreplay.trace.Column.$Properties[];

            /** Events timeUnit. */
            timeUnit: number;

            /** Events printedUnit. */
            printedUnit: number;

            /** Events fileCount. */
            fileCount: number;

            /** Events nameCount. */
            nameCount: number;

            /** Events letters. */
            letters: string;

            /** Events ids. */
            ids: number[];

            /** Events codings. */
            codings: number[];

            /** Events lengths. */
            lengths: number[];

            /** Events data. */
            data: Uint8Array;

            /** Events wideIds. */
            wideIds: number[];

            /** Events wides. */
            wides: Uint8Array[];

            /** Events lowLengths. */
            lowLengths: number[];

            /** Events addresses. */
            addresses: Uint8Array;

            /**
             * Encodes the specified Events message. Does not implicitly {@link mmreplay.trace.Events.verify|verify} messages.
             * @param message Events message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mmreplay.trace.Events.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Events message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mmreplay.trace.Events & mmreplay.trace.Events.$Shape} Events
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mmreplay.trace.Events & mmreplay.trace.Events.$Shape;
        }

        namespace Events {

            /** Properties of an Events. */
            interface $Properties {

                /** Events count */
                count?: (number|null);

                /** Events strings */
                strings?: (string[]|null);

                /** Events files */
                files?: (mmreplay.trace.OpenFile.$Properties[]|null);

                /** Events columns */
                columns?: (mmreplay.trace.Column.$Properties[]|null);

                /** Events timeUnit */
                timeUnit?: (number|null);

                /** Events printedUnit */
                printedUnit?: (number|null);

                /** Events fileCount */
                fileCount?: (number|null);

                /** Events nameCount */
                nameCount?: (number|null);

                /** Events letters */
                letters?: (string|null);

                /** Events ids */
                ids?: (number[]|null);

                /** Events codings */
                codings?: (number[]|null);

                /** Events lengths */
                lengths?: (number[]|null);

                /** Events data */
                data?: (Uint8Array|null);

                /** Events wideIds */
                wideIds?: (number[]|null);

                /** Events wides */
                wides?: (Uint8Array[]|null);

                /** Events lowLengths */
                lowLengths?: (number[]|null);

                /** Events addresses */
                addresses?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Events. */
            type $Shape = mmreplay.trace.Events.$Properties;
        }

        /**
         * Properties of a Column.
         * @deprecated Use mmreplay.trace.Column.$Properties instead.
         */
        interface IColumn extends mmreplay.trace.Column.$Properties {
        }

        /** Represents a Column. */
        class Column {

            /**
             * Constructs a new Column.
             * @param [properties] Properties to set
             */
            constructor(properties?: mmreplay.trace.Column.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Column id. */
            id: number;

            /** Column coding. */
            coding: number;

            /** Column count. */
            count: number;

            /** Column data. */
            data: Uint8Array;

            /** Column wide. */
            wide: Uint8Array;

            /**
             * Encodes the specified Column message. Does not implicitly {@link mmreplay.trace.Column.verify|verify} messages.
             * @param message Column message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: mmreplay.trace.Column.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Column message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {mmreplay.trace.Column & mmreplay.trace.Column.$Shape} Column
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): mmreplay.trace.Column & mmreplay.trace.Column.$Shape;
        }

        namespace Column {

            /** Properties of a Column. */
            interface $Properties {

                /** Column id */
                id?: (number|null);

                /** Column coding */
                coding?: (number|null);

                /** Column count */
                count?: (number|null);

                /** Column data */
                data?: (Uint8Array|null);

                /** Column wide */
                wide?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Column. */
            type $Shape = mmreplay.trace.Column.$Properties;
        }
    }
}
